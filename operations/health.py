"""Is the service well? `/health/live` for what restarts processes, `/health/ready` for what sends them visitors."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.db.models import DurationField, ExpressionWrapper, F, Min
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Change
from operations.erasing.remembering import came_back
from worker.models import Handling, Heartbeat, Message

log = logging.getLogger(__name__)

QUEUES = ("react", "send")
# Beyond these, somebody should look. The sweep runs each minute and a burst takes a while, hence minutes, not seconds.
LONGEST_SILENCE = timedelta(minutes=2)
OLDEST_MESSAGE = timedelta(minutes=10)
OLDEST_CHANGE = timedelta(minutes=5)
_DURATION = DurationField()


@dataclass(frozen=True)
class Finding:
    """How one part is. `problem` is empty where it is well; `age` is that of its oldest waiting thing or last sign."""

    part: str
    problem: str = ""
    age: timedelta | None = None


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers; asks nobody else, since restarting it would mend nobody else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 where every part is well, else 503 naming those that are not."""
    findings = examine()
    problems = {finding.part: finding.problem for finding in findings if finding.problem}
    parts = {finding.part: finding.problem or "ok" for finding in findings}
    if problems:
        log.warning("not ready", extra={"problems": problems})
    return JsonResponse({"ready": not problems, "parts": parts}, status=503 if problems else 200)


def examine() -> list[Finding]:
    """Look at every part, whatever the others are like."""
    return [
        *_look("database", _database, Error),
        *_look("redis", _redis, redis.RedisError),
    ]


def note_tick(queue: str) -> None:
    """A worker of this queue ran a task just now, so beat, broker and worker all work."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=_worker(queue), at=Now())], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def _look(part: str, at: Callable[[], list[Finding]], error: type[Exception]) -> Sequence[Finding]:
    try:
        return at()
    except error as caught:
        log.warning("part cannot be reached", extra={"part": part, "error": repr(caught)})
        if part == "database":
            connection.close()  # so that the next request does not inherit a broken one
        return [Finding(part, "cannot be reached")]


def _database() -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return [Finding("database"), _messages(), _changes(), _erasures(), *_workers()]


def _messages() -> Finding:
    age = _age(Message.objects.due().aggregate(age=_since("due_at"))["age"])
    if settings.MAIL_HOLD or age is None or age <= OLDEST_MESSAGE:
        return Finding("messages", age=age)
    return Finding("messages", f"the oldest due message waits for {age.total_seconds():.0f} s", age)


def _changes() -> Finding:
    # What came with demo data or an import is old, and nobody has to react to it.
    unseen = Change.objects.not_unfolded().filter(handled=False).aggregate(age=_since("at"))["age"]
    waiting = Handling.objects.next_to_run().aggregate(age=_since("due_at"))["age"]
    age = _age(max((each for each in (unseen, waiting) if each is not None), default=None))
    if age is None or age <= OLDEST_CHANGE:
        return Finding("changes", age=age)
    return Finding("changes", f"the oldest unhandled change waits for {age.total_seconds():.0f} s", age)


def _erasures() -> Finding:
    count = len(came_back())
    if not count:
        return Finding("erasures")
    return Finding("erasures", f"{count} who were erased came back with a back-up: manage.py erase_person --again")


def _since(field: str) -> Combinable:
    """The age of the oldest, by the database's clock, which is also the one that says what is due."""
    return ExpressionWrapper(Now() - Min(field), _DURATION)


def _age(found: timedelta | None) -> timedelta | None:
    """A time of the same transaction may lie a little ahead of its clock."""
    return None if found is None else max(found, timedelta(0))


def _redis() -> list[Finding]:
    cache.get("health")  # the cache may be another server than the broker
    # Celery has words of its own for a socket.
    broker = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
    with redis.from_url(broker, socket_connect_timeout=2, socket_timeout=2) as client:
        client.ping()
    return [Finding("redis")]


def _workers() -> list[Finding]:
    silences = dict(
        Heartbeat.objects.values_list("name").annotate(silence=ExpressionWrapper(Now() - F("at"), _DURATION))
    )
    return [_heard(_worker(queue), silences.get(_worker(queue))) for queue in QUEUES]


def _heard(part: str, silence: timedelta | None) -> Finding:
    if silence is None:
        return Finding(part, "has not been heard of; is it running, and beat?")
    if silence > LONGEST_SILENCE:
        return Finding(
            part, f"was last heard of {silence.total_seconds():.0f} s ago; is it running, and beat?", silence
        )
    return Finding(part, age=_age(silence))


def _worker(queue: str) -> str:
    return f"worker {queue}"
