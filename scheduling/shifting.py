"""Moving instants by whole days, so that clocks on the spot show the same time, whatever summer time does between."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, ExpressionWrapper, F, Func, Value
from django.db.models.expressions import Combinable


def days_later(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day so many days later (earlier, if negative) in a zone."""
    return at.astimezone(zone) + timedelta(days=days)


def column_days_later(name: str, days: int, zone: ZoneInfo) -> Func:
    """The same for a column, in the database."""
    local = _in_zone(F(name), zone)
    moved = ExpressionWrapper(local + Value(timedelta(days=days)), output_field=DateTimeField())
    return _in_zone(moved, zone)


def _in_zone(instant: Combinable, zone: ZoneInfo) -> Func:
    """PostgreSQL's timezone(): an instant as local time, and a local time as an instant."""
    return Func(Value(zone.key), instant, function="timezone", output_field=DateTimeField())
