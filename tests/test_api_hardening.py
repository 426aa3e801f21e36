"""What must hold at the API under attack: tempting fields, foreign parents, and bodies that are made to hurt."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import models, transaction
from django.test import Client
from django.urls import resolve

from accounts.models import Change
from tests import permissions
from tests.test_permissions import Row, address_of, rows
from tests.two_worlds import Worlds

pytestmark = pytest.mark.django_db
JSON = "application/json"
OURS = ("coordinator", "member")  # who may write what is ours

TEMPTING: dict[str, Any] = {
    "state": "confirmed",
    "status": "confirmed",
    "version": 99,
    "is_staff": True,
    "is_superuser": True,
    "role": "coordinator",
    "roles": ["coordinator"],
    "score": 100,
    "total_score": 100,
    "weighted_score": 100,
    "staged_decision": "accept",
    "fee": 1,
    "id": str(uuid4()),
    "created_at": "2001-01-01T00:00:00Z",
    "submitted_at": "2001-01-01T00:00:00Z",
    "decisions_released_at": "2001-01-01T00:00:00Z",
    "next_number": 900,
    "number": "900",
    "decision": "accept",
    "decision_reason": "tempting",
    "token_hash": "0" * 64,
}
# Where a tempting name is one that may be given.
GIVEN = {("booth", "number")}


def foreign(worlds: Worlds) -> dict[str, str]:
    """The tempting relations: what is theirs, under every name that a body may have for it."""
    theirs, people = worlds.theirs.things, worlds.theirs.people
    named = {name: str(theirs[name].pk) for name in ("organizer", "company", "fair", "hall", "call", "application")}
    return {**named, "user": str(people["member"].pk), "by": str(people["member"].pk)}


@pytest.fixture(scope="module")
def clients(worlds: Worlds) -> dict[str, Client]:
    """A client for each of those who may write what is ours."""
    made = {}
    for role in OURS:
        made[role] = Client(raise_request_exception=False)
        made[role].force_login(worlds.ours.people[role])
    return made


def columns_of(thing: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(thing, field.attname) for field in thing._meta.concrete_fields}


def columns(thing: models.Model) -> dict[str, Any]:
    """The row as the database has it, but for the version, which every edit raises."""
    read = columns_of(type(thing)._default_manager.get(pk=thing.pk))
    return {name: value for name, value in read.items() if name != "version"}


def writable() -> list[Row]:
    return [row for row in rows() if row.method == "PATCH" and row.route.startswith("api:") and "+" in row.signs]


@pytest.mark.parametrize("row", writable(), ids=str)
def test_a_tempting_field_of_an_edit_changes_nothing(worlds: Worlds, clients: dict[str, Client], row: Row):
    thing = worlds.ours.things[row.about]
    kind = row.about.split("_")[-1]
    bait = {name: value for name, value in TEMPTING.items() if (kind, name) not in GIVEN}
    before = columns(thing)

    for client in clients.values():
        with transaction.atomic():
            answer = client.patch(address_of(worlds, row.route, row.about), {**bait, **foreign(worlds)}, JSON)
            after = columns(thing)
            transaction.set_rollback(True)

        assert answer.status_code in (200, 400, 403, 404, 409, 422), answer.content
        assert after == before


def creatable() -> list[Row]:
    return [row for row in rows() if (row.route, row.method) in permissions.BODIES and row.route.endswith("-list")]


@pytest.mark.parametrize("row", creatable(), ids=str)
def test_a_tempting_field_of_a_new_thing_is_not_heard(worlds: Worlds, clients: dict[str, Client], row: Row):
    address = address_of(worlds, row.route, row.about)
    model: type[models.Model] = resolve(address).func.cls.serializer_class.Meta.model
    client = clients[next(role for role in OURS if row.signs[list(worlds.people()).index(role)] == "+")]
    needed = permissions.BODIES[row.route, row.method](worlds)

    with transaction.atomic():
        answer = client.post(address, {**TEMPTING, **needed}, JSON)
        shown = answer.json()
        made = model._default_manager.get(pk=(shown[0] if isinstance(shown, list) else shown)["id"])
        others = model._default_manager.filter(pk=TEMPTING["id"]).exists()
        transaction.set_rollback(True)

    assert (answer.status_code, others, getattr(made, "version", 1)) == (201, False, 1)
    first = model._meta.get_field("state").get_default() if hasattr(made, "state") else None
    assert getattr(made, "state", None) == first
    assert made.created_at.year > 2001  # type: ignore[attr-defined]  # every resource that is made has one


@pytest.mark.parametrize("row", creatable(), ids=str)
def test_a_new_thing_has_nothing_that_is_theirs(worlds: Worlds, clients: dict[str, Client], row: Row):
    address = address_of(worlds, row.route, row.about)
    model: type[models.Model] = resolve(address).func.cls.serializer_class.Meta.model
    client = clients[next(role for role in OURS if row.signs[list(worlds.people()).index(role)] == "+")]
    before = set(model._default_manager.values_list("pk", flat=True))
    needed = permissions.BODIES[row.route, row.method](worlds)

    with transaction.atomic():
        answer = client.post(address, {**foreign(worlds), **needed}, JSON)
        made = list(model._default_manager.exclude(pk__in=before))
        transaction.set_rollback(True)

    assert answer.status_code in (201, 400, 403, 404)
    assert (len(made) > 0) == (answer.status_code == 201)
    theirs = set(foreign(worlds).values())
    assert [name for one in made for name, value in columns_of(one).items() if str(value) in theirs] == []


@pytest.mark.parametrize("name", ["organizer", "fair"])
def test_a_new_thing_under_a_foreign_parent_is_refused(worlds: Worlds, clients: dict[str, Client], name: str):
    theirs, before = worlds.theirs.things, Change.objects.count()
    parents = {"organizer": theirs["organizer"].slug, "fair": str(theirs["fair"].pk)}

    answers = {}
    for (route, method), body in permissions.BODIES.items():
        if name in body(worlds):
            address = address_of(worlds, route, "-")
            answers[route] = clients["coordinator"].generic(
                method, address, json.dumps({**body(worlds), name: parents[name]}), JSON
            )

    assert answers
    assert {answer.status_code for answer in answers.values()} <= {400, 403, 404}
    assert Change.objects.count() == before


def test_what_belongs_to_their_fair_is_no_part_of_ours(worlds: Worlds, clients: dict[str, Client]):
    ours, theirs, before = worlds.ours.things, worlds.theirs.things, Change.objects.count()
    client = clients["coordinator"]

    answers = [
        client.patch(f"/api/v1/booths/{ours['booth'].pk}/", {"zone": str(theirs["zone"].pk)}, JSON),
        client.patch(f"/api/v1/booths/{ours['booth'].pk}/", {"circuit": str(theirs["circuit"].pk)}, JSON),
        client.post(
            f"/api/v1/halls/{ours['hall'].pk}/make-grid/",
            {**permissions.BODIES["api:hall-make-grid", "POST"](worlds), "zone": str(theirs["zone"].pk)},
            JSON,
        ),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert Change.objects.count() == before


@pytest.mark.parametrize("body", ["[" * 50_000, '{"a":' * 50_000 + "1" + "}" * 50_000], ids=["open", "closed"])
def test_a_body_nested_too_deep_is_refused_and_hurts_nobody(clients: dict[str, Client], body: str):
    answer = clients["coordinator"].generic("POST", "/api/v1/fairs/", body, JSON)

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


CONTROLS = {"NUL": "\x00", "escape": "茶\x00\x1b[31m", "surrogate": "\ud800", "line": "\u2028"}
SENSELESS = ["cursor=%00", "county=%00", "page_size=-1", "page_size=x", "order=state", "state=%FF"]


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS.keys())
def test_control_characters_reach_no_row_and_no_fault(worlds: Worlds, clients: dict[str, Client], text: str):
    fair = worlds.ours.things["draft_fair"]
    body = json.dumps({"name_en": f"a{text}b", "description_en": f"a{text}\nb"})

    with transaction.atomic():
        answer = clients["coordinator"].generic("PATCH", f"/api/v1/fairs/{fair.pk}/", body, JSON)
        transaction.set_rollback(True)

    kept = "".join(char for char in text if char == "茶" or (char.isascii() and char.isprintable()))
    assert answer.status_code == 200
    assert (answer.json()["name_en"], answer.json()["description_en"]) == (f"a{kept}b", f"a{kept}\nb")


@pytest.mark.parametrize("query", SENSELESS)
def test_queries_that_make_no_sense_are_no_fault(client: Client, query: str):
    for name in ("fairs", "towns"):
        assert client.get(f"/api/v1/{name}/?{query}").status_code in (200, 400, 404)
