"""What beat asks for, and how often. Each task asks its own table what is due, so a missed beat only delays."""

from datetime import timedelta

BEAT = {
    "sweep": {
        "task": "worker.sweep",
        "schedule": timedelta(seconds=15),
        # One that could not be run in time is pointless once the next is there.
        "options": {"expires": 15},
    },
}
