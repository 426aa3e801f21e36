"""`/metrics` in the text format of Prometheus, for whoever bears the token METRICS_TOKEN.

The token is asked for on the loopback too: behind a proxy everybody comes from there.
"""

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import Error
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from operations import health
from worker.models import Handling, Message


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The gauges of this moment. 403 without the token, and where none is set."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    token = settings.METRICS_TOKEN
    if not token or scheme.lower() != "bearer" or not secrets.compare_digest(given.encode(), token.encode()):
        raise PermissionDenied(_("This page is for programs that bear the token METRICS_TOKEN."))
    registry = CollectorRegistry()
    registry.register(Gauges())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Gauges(Collector):
    """What is counted, read from the database when asked: no process keeps a count of its own."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One family after the other; those of the database are left out where it cannot be reached."""
        findings = health.examine()
        well = GaugeMetricFamily("otop_part_well", "1 where a part is well (as /health/ready sees it)", labels=["part"])
        ages = GaugeMetricFamily(
            "otop_part_age_seconds", "Age of a part's oldest waiting thing or last sign of life", labels=["part"]
        )
        for finding in findings:
            well.add_metric([finding.part], 0 if finding.problem else 1)
            if finding.age is not None:
                ages.add_metric([finding.part], finding.age.total_seconds())
        yield well
        yield ages
        try:
            yield from _counts()
        except Error:
            return  # otop_part_well says so


def _counts() -> Iterator[GaugeMetricFamily]:
    messages = GaugeMetricFamily("otop_messages", "Messages in the outbox by state", labels=["state"])
    counted = dict(Message.objects.order_by().values_list("state").annotate(n=Count("pk")))
    for state in Message.State.values:
        messages.add_metric([state], counted.get(state, 0))
    yield messages
    open_ones = Handling.objects.filter(done_at__isnull=True).aggregate(
        due=Count("pk", filter=Q(stuck_at__isnull=True)), stuck=Count("pk", filter=Q(stuck_at__isnull=False))
    )
    handlings = GaugeMetricFamily("otop_handlings", "Open handlings of changes", labels=["state"])
    for state, number in open_ones.items():
        handlings.add_metric([state], number)
    yield handlings
