"""The API keeps to its schema, whatever it is sent and by whomever."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.cache import cache
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts import api_tokens
from config.wsgi import application
from core.throttles import AnonThrottle, UserThrottle
from tests.two_worlds import Worlds

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

SCHEMA = SchemaGenerator().get_schema(request=None, public=True)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROLES = ["public", "member", "expert", "staff", "coordinator", "administrator"]
EXAMPLES = 2  # an operation, one of them about things that are there; each is sent as every role


def operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(SCHEMA)
    schema.app = application
    for operation in schema.get_all_operations():
        yield pytest.param(operation.ok(), id=operation.ok().label)


@pytest.fixture(scope="module")
def headers(worlds: Worlds) -> list[dict[str, str]]:
    """What each role sends to be known."""
    people = worlds.people()
    known = [api_tokens.create(person, name="fuzz", scope="write") for role in ROLES if (person := people[role])]
    return [{}, *({"Authorization": f"Bearer {raw}"} for _token, raw in known)]


@pytest.fixture
def _calm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No throttles, and as under Django's own client, no request ends our connection and with it our transaction."""
    for throttle in (AnonThrottle, UserThrottle):
        monkeypatch.setattr(throttle, "rate", "100000/minute", raising=False)
    ends = [signals.request_started, signals.request_finished]
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


def aim(case: Any, things: dict[str, Any]) -> None:
    """Put a thing that is there in the place of made-up ids, or nearly all answers would be 404 or 400."""
    resource = case.operation.path.split("/")[3]
    singular = {"categories": "category", "counties": "county", "companies": "company"}.get(resource, resource[:-1])
    thing = things.get(singular.replace("-", "_"))
    for name in case.path_parameters or {}:
        if hasattr(thing, name):
            case.path_parameters[name] = str(getattr(thing, name))
    for name in case.body if isinstance(case.body, dict) else ():
        if hasattr(things.get(name), "pk"):
            case.body[name] = str(things[name].pk)


@pytest.mark.usefixtures("_calm")
@pytest.mark.parametrize("operation", list(operations()))
def test_no_answer_is_a_fault_or_missing_in_the_schema(worlds: Worlds, headers: list[dict[str, str]], operation: Any):
    examples = count()

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any) -> None:
        if next(examples) % 2 == 0:
            aim(case, worlds.ours.things)
        for known in headers:
            with transaction.atomic():
                answer = case.call(headers=known)
                transaction.set_rollback(True)
            case.validate_response(answer, checks=CHECKS)

    send()
    cache.clear()

    assert next(examples) * len(headers) >= len(ROLES)
