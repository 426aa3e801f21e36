"""Doing all that waits, as the workers would."""

from worker import handling, mailing, unfolding
from worker.models import Handling


def handle_all():
    """Unfold and run everything that is due, and what follows from it; fail where a reaction does."""
    while True:
        unfolding.unfold()
        if not handling.run_due(seconds=30) and not mailing.fill(seconds=30):
            break
    failed = Handling.objects.filter(done_at=None).values_list("reaction", "error")
    assert list(failed) == []
