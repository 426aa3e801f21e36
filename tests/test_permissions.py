"""Every address times every role, against the one table in tests/permissions.py."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Change
from tests import permissions
from tests.permissions import TABLE
from tests.two_worlds import Worlds

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
ROLES = 11
NEVER: dict[type, object] = {UUID: UUID("01890000-0000-7000-8000-000000000000"), str: "never-was", int: 999_999_999}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    route: str
    method: str
    about: str
    signs: str

    def __str__(self) -> str:
        return f"{self.route} {self.method} {self.about}"


@dataclass(frozen=True)
class Route:
    """One address that the service answers. `methods`: of API actions; of pages we ask for one row alone."""

    name: str
    arguments: frozenset[str]
    methods: frozenset[str]


def rows() -> list[Row]:
    lines = [line.split() for line in TABLE.splitlines() if line.strip() and not line.startswith("#")]
    return [Row(route, method, about, "".join(signs)) for route, method, about, *signs in lines]


def routes(resolver: Any = None, namespace: str = "", taken: frozenset[str] = frozenset()) -> Iterator[Route]:
    for pattern in (resolver or get_resolver()).url_patterns:
        arguments = taken | frozenset(pattern.pattern.converters) | frozenset(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern, inner, arguments)
        elif isinstance(pattern, URLPattern):
            actions = getattr(pattern.callback, "actions", None) or {}
            methods = frozenset(method.upper() for method in actions if method != "head")
            yield Route(f"{namespace}{pattern.name}", arguments, methods)


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """A line for each refusal would be written into a log that nobody reads."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def clients(worlds: Worlds) -> dict[str, Client]:
    """A client a role, signed in, in the table's order."""
    made = {}
    for role, person in worlds.people().items():
        made[role] = Client(raise_request_exception=False)
        if person:
            made[role].force_login(person)
    return made


def arguments_of(worlds: Worlds, route: str, about: str) -> dict[str, Any]:
    """What the address of one of our things bears."""
    names = {one.name: one.arguments for one in routes()}[route]
    things = worlds.ours.things
    thing = things.get(about)
    given = {
        name: value
        for pattern, arguments in permissions.ARGUMENTS.items()
        if fnmatch(route, pattern)
        for name, value in arguments(things, thing).items()
    }
    return {name: given[name] if name in given else getattr(thing, name) for name in names}


def address_of(worlds: Worlds, route: str, about: str) -> str:
    """Where the route leads for one of our things."""
    return reverse(route, kwargs=arguments_of(worlds, route, about))


def ask(worlds: Worlds, client: Client, method: str, address: str, body: dict[str, Any] | None) -> HttpResponseBase:
    """The answer to one request, of which nothing stays."""
    cache.clear()
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        if address.startswith("/api/"):
            # The schema as YAML takes eight times as long, and the page about it is one for people.
            accepted = {"accept": "application/json, text/html;q=0.5"}
            answer = client.generic(method, address, json.dumps(body or {}), "application/json", headers=accepted)
        else:
            answer = getattr(client, method.lower())(address, body or {})
        if answer.status_code in (400, 401, 403, 404):
            assert Change.objects.count() == worlds.changes, "what was refused left a line in the journal"
        transaction.set_rollback(True)
    client.cookies = cookies  # logging out would end more than this request
    return answer


def sign_of(answer: HttpResponseBase) -> str:
    """How the table writes an answer; `!` is one that it has no sign for."""
    status = answer.status_code
    if status == 302 and ("/accounts/login/" in answer["Location"] or "/admin/login/" in answer["Location"]):
        return "?"
    if status < 400 or status in (409, 412, 422):
        return "+"
    return {400: "-", 401: "?", 403: "x", 404: ".", 503: "/"}.get(status, "!")


def signs_of(worlds: Worlds, clients: dict[str, Client], row: Row) -> str:
    body = permissions.BODIES.get((row.route, row.method), lambda _: {})(worlds)
    address = address_of(worlds, row.route, row.about)
    return "".join(sign_of(ask(worlds, client, row.method, address, body)) for client in clients.values())


def spaced(signs: str) -> str:
    public, buyer, *pairs, administrator = signs
    return (
        f"{public}   {buyer}   "
        + "  ".join(f"{pairs[n]} {pairs[n + 1]}" for n in range(0, 8, 2))
        + f"   {administrator}"
    )


def written(row: Row) -> str:
    line = f"{row.route:28} {row.method:7} {row.about:15} "
    return line + (spaced(row.signs) if len(row.signs) == ROLES else row.signs)


def test_the_table_is_well_formed():
    for row in rows():
        assert (len(row.signs), set(row.signs) - set("+x.-?~/")) == (ROLES, set()), row
    keys = [(row.route, row.method, row.about) for row in rows()]
    assert len(keys) == len(set(keys))


def is_covered(route: Route, method: str) -> bool:
    """Whether a row or a reason covers an action of the API, or any method of a page."""
    if any(fnmatch(route.name, name) for name in permissions.LEFT_OUT):
        return True
    fitting = [row for row in rows() if fnmatch(route.name, row.route) and not ("*" in row.route and route.arguments)]
    return any(row.method == method or not route.methods for row in fitting)


def test_every_address_is_in_the_table(worlds: Worlds, clients: dict[str, Client]):
    missing = [
        written(guess(worlds, clients, route, method))
        for route in routes()
        for method in sorted(route.methods or {"GET"})
        if not is_covered(route, method)
    ]

    assert not missing, "rows to look at and to paste into tests/permissions.py:\n" + "\n".join(missing)


def guess(worlds: Worlds, clients: dict[str, Client], route: Route, method: str) -> Row:
    """A row for an address that the table lacks, with what was seen for the thing that it seems to be about."""
    things = worlds.ours.things
    about = route.name.split(":")[-1].split("-")[0] if route.arguments else "-"
    if route.arguments and not all(hasattr(things.get(about), name) for name in route.arguments - {"form"}):
        return Row(route.name, method, "?", f"(arguments: {', '.join(sorted(route.arguments))})")
    return Row(route.name, method, about, signs_of(worlds, clients, Row(route.name, method, about, "")))


def test_the_table_names_no_address_that_is_gone():
    names = {route.name for route in routes()}
    given = {row.route for row in rows()} | {route for route, _ in permissions.BODIES} | {*permissions.ARGUMENTS}

    gone = [name for name in given | {*permissions.LEFT_OUT} if not any(fnmatch(one, name) for one in names)]

    assert gone == []


def test_every_address_of_ours_has_a_name():
    assert [route for route in routes() if route.name.endswith("None") and not route.name.startswith("admin:")] == []


def agrees(seen: str, said: str) -> bool:
    return len(seen) == len(said) and all(
        sign == stated or (stated == "~" and sign != "!") for sign, stated in zip(seen, said, strict=True)
    )


@pytest.mark.parametrize("row", [row for row in rows() if "*" not in row.route], ids=str)
def test_each_role_may_what_the_table_says(worlds: Worlds, clients: dict[str, Client], row: Row):
    seen = signs_of(worlds, clients, row)

    assert agrees(seen, row.signs), f"\nsaid: {written(row)}\nseen: {written(replace(row, signs=seen))}"


def hidden() -> list[Row]:
    return [row for row in rows() if row.route.startswith("api:") and "." in row.signs and row.about != "-"]


@pytest.mark.parametrize("row", hidden(), ids=str)
def test_what_one_does_not_see_answers_as_if_it_never_was(worlds: Worlds, clients: dict[str, Client], row: Row):
    real = arguments_of(worlds, row.route, row.about)
    named = {"pk", "slug"} & {*real}
    never_was = {name: NEVER[type(real[name])] for name in named}
    client = list(clients.values())[row.signs.index(".")]

    seen, unseen = (
        ask(worlds, client, row.method, reverse(row.route, kwargs={**real, **given}), None) for given in ({}, never_was)
    )

    assert named
    assert (seen.status_code, all_of(seen)) == (404, all_of(unseen))


def all_of(answer: HttpResponseBase) -> tuple[bytes, list[str]]:
    """All that a stranger can compare, but for the request's id."""
    return answer.content, sorted(answer.headers)  # type: ignore[attr-defined]  # nothing here is streamed


@pytest.mark.parametrize("row", [row for row in rows() if "*" in row.route], ids=str)
def test_addresses_by_prefix_treat_each_role_alike(worlds: Worlds, clients: dict[str, Client], row: Row):
    names = sorted(route.name for route in routes() if fnmatch(route.name, row.route) and not route.arguments)
    assert names

    for name in names:
        seen = signs_of(worlds, clients, replace(row, route=name))
        assert agrees(seen, row.signs), f"\nsaid: {written(row)}\nseen: {written(replace(row, route=name, signs=seen))}"
