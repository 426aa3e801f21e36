"""What follows when a mail moves: mostly nothing, since the outbox is a queue of its own."""

from worker.registry import nothing_follows

nothing_follows(
    "message.queued",
    "message.sending",
    "message.sent",
    "message.failed",
    "message.cancelled",
    "message.suppressed",
)
