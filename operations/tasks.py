"""A sign of life from each queue."""

from celery import shared_task
from celery.signals import worker_ready
from celery.worker.consumer import Consumer

from operations import health


@shared_task(name="operations.tick", ignore_result=True)
def tick(queue: str) -> None:
    """Note that a worker of this queue lives. Beat asks for it every few seconds; running it twice changes nothing."""
    health.note_tick(queue)


@worker_ready.connect
def note_start(sender: Consumer, **kwargs: object) -> None:
    """A worker that has just come up counts at once, so that a start need not wait for the first tick."""
    for queue in sender.app.amqp.queues.consume_from:
        health.note_tick(queue)
