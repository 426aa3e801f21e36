"""The Celery application; what runs and when stands in `worker/`."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

from worker.schedule import BEAT

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# A sign of life from each queue, which health asks for.
TICKS = {
    f"tick-{queue}": {
        "task": "operations.tick",
        "schedule": 20.0,  # seconds
        "args": (queue,),
        "options": {"queue": queue},
    }
    for queue in ("react", "send")
}

app = Celery("otop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {**BEAT, **TICKS}
# The id of the request that woke a task stands in its log lines too.
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks(["worker", "operations"])
