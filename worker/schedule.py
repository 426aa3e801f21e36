"""What beat asks for, and how often. Each task asks its own table what is due, so a missed beat only delays.

None of them expires: that would be judged by the worker's clock, and one that is ahead would throw all of them away.
"""

from datetime import timedelta

from celery.schedules import crontab

BEAT = {
    "sweep": {
        "task": "worker.sweep",
        "schedule": timedelta(seconds=15),
    },
    "expire": {
        "task": "worker.expire",
        "schedule": timedelta(seconds=30),
    },
    # A place's morning comes at another time in each zone, and each reminder goes out once.
    "remind": {
        "task": "worker.remind",
        "schedule": timedelta(minutes=10),
    },
    "clean": {
        "task": "worker.clean",
        "schedule": crontab(hour="19", minute="30"),  # UTC; half past three at night in Taiwan
    },
}
