"""Importing files in somebody's name: one file at a time, so that two runs of the same file don't race."""

from django.utils.translation import gettext as _

from core.database import take_advisory_lock
from core.errors import DomainError

LOCK = 5_202_601  # of no meaning but to be one's own


class ImportRunning(DomainError):
    """Somebody else's file is being read; this one can be tried again when that is done."""

    code = "import-running"


def wait_for_nobody() -> None:
    """Hold the lock of imports until the transaction ends. Raises ImportRunning if somebody else has it."""
    if not take_advisory_lock(LOCK):
        raise ImportRunning(_("Another file is being imported. Try again in a minute."))
