"""The API of fairs and plans."""

from datetime import date

import pytest

from accounts.models import Membership
from fairs.models import Booth, Call, Fair, Hall, Zone
from tests.factories import (
    BoothFactory,
    CallFactory,
    CategoryFactory,
    CircuitFactory,
    CriterionFactory,
    FairFactory,
    HallFactory,
    MembershipFactory,
    QuestionFactory,
    VenueFactory,
    ZoneFactory,
    coordinator_of,
    staff_of,
)

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def desk(client):
    """A client signed in as a coordinator of a fair in draft, and the fair."""
    fair = FairFactory(state="draft", description_zh="喝茶。")
    client.force_login(coordinator_of(fair))
    client.fair = fair
    return client


def test_a_coordinator_makes_edits_and_announces_a_fair(desk):
    CategoryFactory(code="tea")
    made = desk.post(
        "/api/v1/fairs/",
        {
            "organizer": desk.fair.organizer.slug,
            "name_zh": "山城茶市集",
            "venue": VenueFactory(code="ZXVIL").code,
            "starts_on": "2031-05-01",
            "ends_on": "2031-05-03",
            "categories": ["tea"],
        },
        JSON,
    )
    address = made["Location"]
    edited = desk.patch(address, {"description_zh": "喝茶。"}, JSON, headers={"If-Match": made["ETag"]})
    hall = desk.post(
        "/api/v1/halls/",
        {"fair": made.json()["id"], "key": "A", "name_zh": "A 區", "width": "27", "depth": "24"},
        JSON,
    )
    announced = desk.post(f"{address}announce/")

    assert (made.status_code, made["ETag"], edited.status_code, edited["ETag"]) == (201, '"1"', 200, '"2"')
    assert (hall.status_code, announced.status_code, announced["ETag"]) == (201, 200, '"3"')
    assert desk.get(address).json() == {
        "id": made.json()["id"],
        "version": 3,
        "organizer": desk.fair.organizer.slug,
        "slug": f"{desk.fair.organizer.slug}-2031",
        "state": "announced",
        "name_zh": "山城茶市集",
        "name_en": "",
        "description_zh": "喝茶。",
        "description_en": "",
        "venue": "ZXVIL",
        "time_zone": "Asia/Taipei",
        "starts_on": "2031-05-01",
        "ends_on": "2031-05-03",
        "opens": "10:00:00",
        "closes": "18:00:00",
        "theme": "",
        "series": "",
        "categories": ["tea"],
        "call": None,
    }


@pytest.mark.parametrize("tag", ['"2"', 'W/"1"', '"1x"', "1", '"2", "3"', ""])
def test_a_change_of_what_was_not_read_is_refused(desk, tag):
    address = f"/api/v1/fairs/{desk.fair.pk}/"

    refused = desk.patch(address, {"name_en": "Mine"}, JSON, headers={"If-Match": tag})

    assert (refused.status_code, refused.json()["code"]) == (412, "stale")
    assert Fair.objects.get().name_en == desk.fair.name_en


@pytest.mark.parametrize("tag", ['"1"', "*", ' "7" , "1"'])
def test_a_change_of_what_was_read_is_made(desk, tag):
    done = desk.patch(f"/api/v1/fairs/{desk.fair.pk}/", {"name_en": "Mine"}, JSON, headers={"If-Match": tag})

    assert (done.status_code, Fair.objects.get().name_en) == (200, "Mine")


def test_what_has_no_version_matches_anything_but_a_version(desk):
    zone = ZoneFactory(fair=desk.fair)
    address = f"/api/v1/zones/{zone.pk}/"

    assert desk.patch(address, {"letter": "X"}, JSON, headers={"If-Match": '"1"'}).status_code == 412
    assert desk.patch(address, {"letter": "X"}, JSON, headers={"If-Match": "*"}).status_code == 200


def test_all_gaps_come_back_with_their_fields(desk):
    answer = desk.post(f"/api/v1/fairs/{desk.fair.pk}/announce/", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.json()["code"]) == (422, "unfit")
    assert answer.json()["gaps"] == [
        {"field": "halls", "message": "Add the hall or area that the fair takes place in."}
    ]


def test_a_foreign_organizer_is_as_unknown_as_one_that_never_was(desk):
    foreign = FairFactory().organizer
    expert_of = MembershipFactory(
        user=Membership.objects.get(organizer=desk.fair.organizer).user, role="expert", discipline="design"
    ).organizer
    body = {"name_zh": "市集", "venue": VenueFactory().code, "starts_on": "2031-05-01", "ends_on": "2031-05-03"}

    answers = [
        desk.post("/api/v1/fairs/", {**body, "organizer": slug}, JSON)
        for slug in (foreign.slug, expert_of.slug, "never-was")
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert Fair.objects.count() == 2


def test_a_seen_fair_of_others_is_not_edited(desk):
    foreign = FairFactory(state="announced")
    hall, zone, booth = HallFactory(fair=foreign), ZoneFactory(fair=foreign), BoothFactory()
    call = CallFactory(fair=foreign)

    answers = {
        address: getattr(desk, method)(f"/api/v1/{address}", body, JSON).status_code
        for method, address, body in [
            ("patch", f"fairs/{foreign.pk}/", {"name_en": "Mine"}),
            ("post", f"fairs/{foreign.pk}/close/", {}),
            ("post", "halls/", {"fair": str(foreign.pk), "key": "B", "name_zh": "B", "width": 9, "depth": 9}),
            ("patch", f"halls/{hall.pk}/", {"name_en": "Mine"}),
            ("delete", f"halls/{hall.pk}/", {}),
            ("post", f"halls/{hall.pk}/add-circuit/", {"name": "C", "supply": 1}),
            ("delete", f"zones/{zone.pk}/", {}),
            ("patch", f"booths/{booth.pk}/", {"power": 1}),
            ("delete", f"booths/{booth.pk}/", {}),
            ("patch", f"calls/{call.pk}/", {"deposit": 1}),
            ("get", f"fairs/{foreign.pk}/check/", {}),
        ]
    }

    assert set(answers.values()) == {403}


def test_a_draft_is_seen_by_those_who_work_for_its_organizer_alone(client):
    fair = FairFactory(state="draft")
    things = {
        "fairs": fair,
        "halls": (hall := HallFactory(fair=fair)),
        "zones": ZoneFactory(fair=fair),
        "booths": BoothFactory(hall=hall),
        "calls": CallFactory(fair=fair),
    }

    def seen():
        found = {name: client.get(f"/api/v1/{name}/{thing.pk}/").status_code for name, thing in things.items()}
        listed = {name: len(client.get(f"/api/v1/{name}/").json()["results"]) for name in things}
        return set(found.values()), set(listed.values())

    assert seen() == ({404}, {0})
    client.force_login(coordinator_of(FairFactory()))
    assert seen()[0] == {404}
    client.force_login(staff_of(fair))
    assert seen()[0] == {200}


def test_fairs_are_found_by_listed_names(client):
    fair = FairFactory(slug="tea", series="tea", starts_on=date(2031, 5, 1))
    FairFactory(state="cancelled", starts_on=date(2032, 5, 1))

    def found(query):
        return [one["slug"] for one in client.get(f"/api/v1/fairs/?{query}").json()["results"]]

    for query in (
        "state=announced",
        "slug=tea",
        "series=tea",
        f"organizer={fair.organizer.slug}",
        f"venue={fair.venue.code}",
        "starts_before=2031-12-31",
    ):
        assert found(query) == ["tea"], query
    assert len(found(f"town={fair.venue.town_id}")) == 2
    assert len(found("county=10008")) == 2
    assert found("ends_after=2033-01-01") == []
    assert client.get("/api/v1/fairs/?ends_after=soon").status_code == 400
    assert client.get("/api/v1/halls/?fair=1").status_code == 400


def test_a_plan_is_made_and_checked_by_the_api(desk):
    hall = HallFactory(fair=desk.fair, width=30, depth=30)
    circuit = desk.post(f"/api/v1/halls/{hall.pk}/add-circuit/", {"name": "C1", "supply": 2200}, JSON).json()
    zone = desk.post("/api/v1/zones/", {"fair": str(desk.fair.pk), "letter": "T", "name_zh": "茶"}, JSON).json()
    grid = {
        "block": "A",
        "rows": 1,
        "columns": 2,
        "origin_x": "3",
        "origin_y": "3",
        "circuit": circuit["id"],
        "zone": zone["id"],
        "power": 2200,
    }

    made = desk.post(f"/api/v1/halls/{hall.pk}/make-grid/", grid, JSON)
    again = desk.post(f"/api/v1/halls/{hall.pk}/make-grid/", {**grid, "first_number": 5}, JSON)
    moved = desk.patch(f"/api/v1/booths/{made.json()[1]['id']}/", {"x": "5.5"}, JSON)
    faults = desk.get(f"/api/v1/fairs/{desk.fair.pk}/check/").json()
    removed = desk.delete(f"/api/v1/booths/{made.json()[1]['id']}/")

    assert (made.status_code, [booth["number"] for booth in made.json()]) == (201, ["A01", "A02"])
    assert (again.status_code, again.json()["code"]) == (409, "booths-overlap")
    assert (moved.status_code, moved.json()["code"]) == (409, "booths-overlap")
    assert [(fault["code"], fault["booths"], fault["limit"]) for fault in faults] == [
        ("circuit-overloaded", ["A01", "A02"], "2200.000")
    ]
    assert (removed.status_code, Booth.objects.count()) == (204, 1)


def test_hall_zone_and_booth_are_edited_by_the_api(desk):
    hall, zone = HallFactory(fair=desk.fair), ZoneFactory(fair=desk.fair)
    booth = BoothFactory(hall=hall)

    answers = [
        desk.patch(f"/api/v1/halls/{hall.pk}/", {"name_en": "Hall"}, JSON),
        desk.patch(f"/api/v1/zones/{zone.pk}/", {"name_en": "Zone"}, JSON),
        desk.patch(f"/api/v1/booths/{booth.pk}/", {"number": "Z9", "zone": str(zone.pk)}, JSON),
        desk.patch(f"/api/v1/booths/{booth.pk}/", {"zone": str(ZoneFactory().pk)}, JSON),
        desk.patch(f"/api/v1/booths/{booth.pk}/", {"circuit": str(CircuitFactory().pk)}, JSON),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 400, 400]
    assert (Hall.objects.get(pk=hall.pk).name_en, Zone.objects.get(pk=zone.pk).name_en) == ("Hall", "Zone")
    assert Booth.objects.get().zone == zone
    booth.delete()
    assert desk.delete(f"/api/v1/zones/{zone.pk}/").status_code == 204
    assert desk.delete(f"/api/v1/halls/{hall.pk}/").status_code == 204


def test_a_call_is_opened_with_its_questions_and_criteria_in_one_act(desk):
    body = {
        "fair": str(desk.fair.pk),
        "opens_at": "2026-01-01T09:00:00+08:00",
        "closes_at": (desk.fair.begins_at).isoformat(),
        "questions": [{"key": "why", "kind": "text", "label_zh": "為什麼？"}],
        "criteria": [{"key": "taste", "discipline": "design", "weight": 90, "label_zh": "風味"}],
    }

    late = desk.post("/api/v1/calls/", body, JSON)
    body["closes_at"] = desk.fair.begins_at.replace(hour=1).isoformat()
    light = desk.post("/api/v1/calls/", body, JSON)
    assert (late.status_code, light.status_code, Call.objects.count()) == (422, 422, 0)
    body["criteria"][0]["weight"] = 100
    made = desk.post("/api/v1/calls/", body, JSON)
    edited = desk.patch(made["Location"], {"deposit": 5000}, JSON, headers={"If-Match": made["ETag"]})

    assert (made.status_code, edited.status_code, edited.json()["deposit"]) == (201, 200, 5000)
    assert [question["key"] for question in edited.json()["questions"]] == ["why"]
    assert [criterion["key"] for criterion in edited.json()["criteria"]] == ["taste"]


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(
    ("name", "queries"), [("fairs", 2), ("halls", 2), ("zones", 2), ("booths", 1), ("calls", 3), ("venues", 2)]
)
def test_a_list_costs_a_fixed_number_of_queries(client, django_assert_num_queries, *, rows, name, queries):
    hall = HallFactory()
    for n in range(rows):
        fair = FairFactory()
        fair.categories.add(CategoryFactory())
        CircuitFactory(hall=HallFactory(fair=fair))
        ZoneFactory(fair=fair).categories.add(CategoryFactory())
        BoothFactory(hall=hall if n == 0 else HallFactory(fair=fair), number=f"N{n}")
        call = CallFactory(fair=fair)
        QuestionFactory(call=call)
        CriterionFactory(call=call)

    with django_assert_num_queries(queries):
        found = client.get(f"/api/v1/{name}/?page_size=100").json()["results"]

    assert len(found) >= rows
