"""When things run. Tasks take no arguments: the tables know the work, so a lost or doubled call changes nothing.

Each may run twice, in parallel, or be killed at any line. Celery itself retries nothing: what failed is due again in
its table, and the sweep finds what a lost wake-up left.
"""

from __future__ import annotations

from celery import shared_task

from accounts.journal import WAKE, wake
from exhibitors import answering
from scheduling import publishing
from worker import cleaning, handling, mailing, outbox, reminding, sending, unfolding

PUBLISH = "worker.publish"


@shared_task(name=WAKE, ignore_result=True)
def react() -> None:
    """Unfold new changes and run what is due, for some seconds; then wake the senders, and itself if it did any."""
    unfolding.unfold()
    done = bool(handling.run_due())
    if mailing.fill() or done:
        # In this order: what was changed is published before the next changes are looked at.
        for task in (PUBLISH, outbox.SEND, WAKE):
            wake(task)


@shared_task(name=outbox.SEND, ignore_result=True)
def send() -> None:
    """Send due mails for two seconds; then give way, and wake itself if there is more."""
    if sending.send_due():
        wake(outbox.SEND)


@shared_task(name=PUBLISH, ignore_result=True)
def publish() -> None:
    """Write each feed anew whose entries changed, once however many they were."""
    publishing.publish_due()


@shared_task(name="worker.expire", ignore_result=True)
def expire() -> None:
    """Let offers expire whose time is over by the database's clock, until none is left."""
    while answering.expire_due():
        pass


@shared_task(name="worker.remind", ignore_result=True)
def remind() -> None:
    """Write the reminders that are due this morning, each once."""
    reminding.remind()


@shared_task(name="worker.clean", ignore_result=True)
def clean() -> None:
    """Take away what has served its time."""
    cleaning.clean()


@shared_task(name="worker.sweep", ignore_result=True)
def sweep() -> None:
    """Find what a lost wake-up left: each task asks its own table, which costs little where there is nothing."""
    for task in (WAKE, PUBLISH, outbox.SEND):
        wake(task)
