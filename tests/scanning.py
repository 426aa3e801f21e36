"""Looks for a word in everything that is stored: each text, JSON, list and bytes of each table, and Redis."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import redis
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from psycopg import sql

_TEXTS = ("text", "character varying", "character", "json", "jsonb", "ARRAY", "bytea", "USER-DEFINED")


def places_of(*words: str) -> list[str]:
    """The columns, as table.column, and Redis keys in which any of the words stands, whatever the case."""
    found = {place for place, text in _everything() for word in words if word.casefold() in text.casefold()}
    return sorted(found)


def dump() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, to compare two instants, but for web sessions and when something was last used."""
    tables = {}
    for model in apps.get_models(include_auto_created=True):
        columns = [field.attname for field in model._meta.concrete_fields if field.attname not in ("last_used_at",)]
        if model is not Session:
            tables[model._meta.label] = list(model._base_manager.order_by("pk").values_list(*columns))
    return tables


def difference(before: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """The rows that are there now and were not, or not so, by table; and under `gone` those that are no more."""
    now = dump()
    changed = {table: [row for row in rows if row not in before[table]] for table, rows in now.items()}
    gone = [row for table, rows in before.items() for row in rows if row not in now[table]]
    return {table: rows for table, rows in {**changed, "gone": gone}.items() if rows}


def _everything() -> Iterator[tuple[str, str]]:
    for table, column, kind in _columns():
        for value in _values(table, column, kind):
            yield f"{table}.{column}", _text(value)
    for session in Session.objects.all():
        yield "django_session.session_data", str(session.get_decoded())
    yield from _in_redis()


def _columns() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "JOIN information_schema.tables USING (table_schema, table_name) "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type = ANY(%s) "
            "AND table_name <> 'django_migrations' ORDER BY 1, 2",
            [list(_TEXTS)],
        )
        return cursor.fetchall()


def _values(table: str, column: str, kind: str) -> Iterator[object]:
    name = sql.Identifier(column)
    shown = name if kind == "bytea" else sql.SQL("{}::text").format(name)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT DISTINCT {} FROM {} WHERE {} IS NOT NULL").format(shown, sql.Identifier(table), name)
        )
        yield from (row[0] for row in cursor.fetchall())


def _text(value: object) -> str:
    """Bytes as what they say: unpacked, and with the folded lines of calendars joined."""
    if isinstance(value, str):
        return value
    octets = bytes(value)  # type: ignore[call-overload]
    if octets[:2] == b"\x1f\x8b":
        octets = gzip.decompress(octets)
    return octets.replace(b"\r\n ", b"").decode("utf-8", "replace")


def _in_redis() -> Iterator[tuple[str, str]]:
    broker = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
    for name, url in (("cache", settings.CACHES["default"]["LOCATION"]), ("broker", broker)):
        with redis.from_url(url) as client:
            for key in client.scan_iter():
                yield f"redis {name}", f"{key!r} {_redis_value(client, key)!r}"


def _redis_value(client: redis.Redis, key: bytes) -> object:
    read = {
        b"string": client.get,
        b"list": lambda name: client.lrange(name, 0, -1),
        b"set": client.smembers,
        b"hash": client.hgetall,
        b"zset": lambda name: client.zrange(name, 0, -1),
    }
    kind = client.type(key)
    value = read[kind](key) if kind in read else b""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
