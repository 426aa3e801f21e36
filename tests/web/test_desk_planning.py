"""Planning at the desk: the call and its questions, the floor plan, the programme and its releases."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fairs.models import Booth, Call, Fair
from scheduling import programming
from scheduling.models import Listing, Release, Session
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CategoryFactory,
    CircuitFactory,
    CompanyFactory,
    CriterionFactory,
    FairFactory,
    HallFactory,
    PlacementFactory,
    QuestionFactory,
    SessionFactory,
    StageFactory,
    UserFactory,
    ZoneFactory,
    coordinator_of,
    expert_of,
    member_of,
)
from tests.web.reading import client_of, queries, see, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def fair():
    return FairFactory(name_en="Kiln and Tea")


@pytest.fixture
def coordinator(fair):
    return coordinator_of(fair)


@pytest.fixture
def desk(coordinator):
    return client_of(coordinator)


def at(fair, more):
    return f"/desk/{fair.slug}/{more}"


# --- The call ---


def terms(fair, **changes):
    opens = timezone.localtime(timezone.now() + timedelta(days=1))
    return {
        "opens_at": opens.strftime("%Y-%m-%d %H:%M"),
        "closes_at": (opens + timedelta(days=20)).strftime("%Y-%m-%d %H:%M"),
        "max_booths": "2",
        "max_products": "5",
        "reviews_per_discipline": "1",
        "is_blind": "on",
        "fee_per_booth": "6000",
        "corner_surcharge": "20",
        "power_included": "1.1",
        "fee_per_extra_kw": "400",
        "water_fee": "500",
        "deposit": "3000",
        "first_time_discount": "12.5",
        "outlying_island_discount": "30",
        "first_time_min_share": "25",
        "outlying_island_min": "4",
        "indigenous_min": "6",
        "county_max_share": "40",
        **changes,
    }


def test_a_call_is_made_with_shares_in_per_cent_and_power_in_kilowatts(fair, desk):
    assert "Not there yet" in see(desk, at(fair, "call/")).main

    send(desk, at(fair, "call/"), terms(fair))

    call = Call.objects.get(fair=fair)
    assert (float(call.corner_surcharge), float(call.first_time_discount), call.power_included) == (0.2, 0.125, 1100)
    shown = see(desk, at(fair, "call/")).holds
    assert (shown["corner_surcharge"], shown["first_time_discount"], shown["power_included"]) == ("20", "12.5", "1.1")
    assert shown["opens_at"] == terms(fair)["opens_at"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens_at": ""}, "opens_at"),
        ({"closes_at": "2020-01-01 10:00"}, "closes_at"),
        ({"closes_at": "tomorrow"}, "closes_at"),
        ({"corner_surcharge": "120"}, "corner_surcharge"),
        ({"max_booths": "0"}, "max_booths"),
        ({"power_included": "much"}, "power_included"),
    ],
)
def test_terms_that_can_not_be_stand_beside_their_field(fair, desk, changes, field):
    page = send(desk, at(fair, "call/"), terms(fair, **changes), status=422)

    assert field in page.wrong
    assert page.holds["deposit"] == "3000"
    assert not Call.objects.exists()


def asked(*rows):
    """The form of questions with these rows and an empty one."""
    sent = {}
    for n, row in enumerate([*rows, {"label_zh": ""}]):
        sent |= {f"q{n}-{name}": value for name, value in row.items()}
    return sent


def test_questions_are_added_changed_ordered_and_taken_away(fair, desk):
    call = CallFactory(fair=fair, opens_at=timezone.now() + timedelta(days=1))
    QuestionFactory(call=call, key="old", label_zh="舊題")

    send(
        desk,
        at(fair, "call/questions/"),
        asked(
            {"label_zh": "幾人？", "label_en": "How many people?", "kind": "number"},
            {
                "label_zh": "語言",
                "label_en": "Languages",
                "kind": "multichoice",
                "is_required": "on",
                "choices": "中文 | Chinese\n英文 | English\n",
            },
        ),
    )

    first, second = call.questions.all()
    assert (first.label_zh, first.kind, first.is_required) == ("幾人？", "number", False)
    assert second.choices == [
        {"value": "chinese", "zh": "中文", "en": "Chinese"},
        {"value": "english", "zh": "英文", "en": "English"},
    ]
    shown = see(desk, at(fair, "call/")).holds
    assert shown["q1-choices"] == "中文 | Chinese\n英文 | English"

    send(
        desk,
        at(fair, "call/questions/"),
        asked(
            {"key": second.key, "label_zh": "會的語言", "kind": "multichoice", "choices": "國語 | Mandarin\n英文"},
            {"key": first.key, "label_zh": "", "kind": "number"},
        ),
    )
    (kept,) = call.questions.all()
    assert kept.pk == second.pk
    assert kept.label_zh == "會的語言"
    assert [choice["value"] for choice in kept.choices] == ["chinese", "english"]


def test_a_question_without_enough_choices_is_refused(fair, desk):
    call = CallFactory(fair=fair, opens_at=timezone.now() + timedelta(days=1))

    page = send(
        desk,
        at(fair, "call/questions/"),
        asked({"label_zh": "語言", "kind": "choice", "choices": "中文"}),
        status=422,
    )

    assert page.above
    assert page.holds["q0-label_zh"] == "語言"
    assert not call.questions.exists()


def test_criteria_weigh_100_together(fair, desk):
    call = CallFactory(fair=fair)
    CriterionFactory(call=call, key="old")

    def rows(first, second):
        return {
            "c0-label_zh": "設計",
            "c0-label_en": "Design",
            "c0-discipline": "design",
            "c0-weight": first,
            "c1-label_zh": "價格",
            "c1-discipline": "finance",
            "c1-weight": second,
        }

    refused = send(desk, at(fair, "call/criteria/"), rows("40", "40"), status=422)
    broken = send(desk, at(fair, "call/criteria/"), rows("40", "many"), status=422)
    send(desk, at(fair, "call/criteria/"), rows("40", "60"))

    assert any("100" in said for said in refused.above)
    assert "c1-weight" in broken.wrong
    assert [(one.label_zh, one.weight) for one in call.criteria.order_by("weight")] == [("設計", 40), ("價格", 60)]


def test_without_a_call_there_are_no_questions_to_set(fair, desk):
    send(desk, at(fair, "call/questions/"), asked({"label_zh": "?"}), status=404)
    send(desk, at(fair, "call/criteria/"), status=404)


def test_after_the_call_opened_only_words_of_questions_change(fair, desk):
    call = CallFactory(fair=fair)
    question = QuestionFactory(call=call, label_zh="為什麼？")
    row = {"key": question.key, "kind": "text", "is_required": "on", "max_length": "400"}

    send(desk, at(fair, "call/questions/"), asked({**row, "label_zh": "為什麼想來？"}))
    page = send(desk, at(fair, "call/questions/"), asked({**row, "label_zh": "為什麼？", "kind": "yesno"}), status=422)

    question.refresh_from_db()
    assert question.label_zh == "為什麼想來？"
    assert page.above


# --- The floor plan ---


def hall_values(**changes):
    return {
        "key": "A",
        "name_zh": "第一展場",
        "name_en": "Hall 1",
        "width": "60",
        "depth": "40",
        "min_aisle": "3",
        "entrance_x": "30",
        "entrance_y": "0",
        "power_supply": "30",
        **changes,
    }


def grid_values(**changes):
    return {
        "block": "A",
        "rows": "2",
        "columns": "5",
        "booth_width": "3",
        "booth_depth": "3",
        "origin_x": "6",
        "origin_y": "6",
        "first_number": "1",
        "power": "1.1",
        "has_water": "on",
        **changes,
    }


def test_a_plan_is_drawn_with_a_hall_zones_circuits_and_a_block(fair, desk):
    assert "No hall yet" in see(desk, at(fair, "floorplan/")).main

    send(desk, at(fair, "floorplan/halls/"), hall_values())
    send(desk, at(fair, "floorplan/zones/"), {"letter": "T", "name_zh": "茶區", "categories": [CategoryFactory().pk]})
    send(desk, at(fair, "floorplan/halls/A/circuits/"), {"name": "C1", "supply": "15"})
    hall, zone = fair.halls.get(), fair.zones.get()
    values = grid_values(zone=zone.pk, circuit=hall.circuits.get().pk)
    done = send(desk, at(fair, "floorplan/halls/A/grid/"), values)

    assert (hall.power_supply, hall.circuits.get().supply) == (30_000, 15_000)
    assert done.leads_to == at(fair, "floorplan/?hall=A")
    assert list(Booth.objects.order_by("number").values_list("number", "power")[:2]) == [("A01", 1100), ("A02", 1100)]
    page = see(desk, done.leads_to)
    assert "No faults" in page.main
    assert "A10, free" in [node.attrs.get("aria-label") for node in page.all("a")]


@pytest.mark.parametrize(
    ("form", "values", "field"),
    [
        ("floorplan/halls/", hall_values(width="0"), "width"),
        ("floorplan/halls/", hall_values(key=""), "key"),
        ("floorplan/zones/", {"letter": "", "name_zh": "茶區"}, "letter"),
        ("floorplan/halls/H/circuits/", {"name": "", "supply": "1"}, "name"),
        ("floorplan/halls/H/grid/", grid_values(rows="0"), "rows"),
        ("floorplan/halls/H/grid/", grid_values(block=""), "block"),
        ("floorplan/halls/H/", hall_values(key="H", depth="x"), "depth"),
    ],
)
def test_what_can_not_be_drawn_stands_beside_its_field(fair, desk, form, values, field):
    HallFactory(fair=fair, key="H")

    page = send(desk, at(fair, form), values, status=422)

    assert list(page.wrong) == [field]


def test_a_block_that_would_overlap_or_stand_outside_is_refused_whole(fair, desk):
    hall = HallFactory(fair=fair, key="H", width=30, depth=30)
    BoothFactory(hall=hall, number="Z01", x=6, y=6)

    overlap = send(desk, at(fair, "floorplan/halls/H/grid/"), grid_values(), status=422)
    outside = send(desk, at(fair, "floorplan/halls/H/grid/"), grid_values(columns="50"), status=422)

    assert overlap.above
    assert outside.above
    assert Booth.objects.count() == 1


def test_faults_are_named_with_the_booths_that_they_are_about(fair, desk):
    hall = HallFactory(fair=fair, key="H", min_aisle=3)
    BoothFactory(hall=hall, number="A01", x=3, y=3)
    BoothFactory(hall=hall, number="A02", x=8, y=3)

    page = see(desk, at(fair, "floorplan/"))

    assert "A01" in page.main
    assert "2 m" in page.main
    assert "No faults" not in page.main


def test_a_booth_is_moved_and_taken_out(fair, desk):
    hall = HallFactory(fair=fair, key="H")
    BoothFactory(hall=hall, number="A01", x=3, y=3)
    values = {"number": "A01", "x": "9", "y": "3", "width": "3", "depth": "3", "power": "2.2"}

    shown = see(desk, at(fair, "floorplan/?booth=A01"))
    assert shown.holds["x"] == "3.00"
    send(desk, at(fair, "floorplan/booths/A01/"), values)
    assert (Booth.objects.get().x, Booth.objects.get().power) == (9, 2200)

    assert list(send(desk, at(fair, "floorplan/booths/A01/"), {**values, "x": "far"}, status=422).wrong) == ["x"]
    assert send(desk, at(fair, "floorplan/booths/A01/"), {**values, "x": "99"}, status=422).above
    send(desk, at(fair, "floorplan/booths/A01/"), {"remove": "1"})
    assert not Booth.objects.exists()


def test_a_block_is_taken_out_but_not_what_was_given_to_a_maker(fair, desk):
    hall = HallFactory(fair=fair, key="H")
    BoothFactory(hall=hall, number="A01")
    taken = BoothFactory(hall=hall, number="B01")
    PlacementFactory(application=ApplicationFactory(call=CallFactory(fair=fair), state="offered"), booth=taken)

    send(desk, at(fair, "floorplan/halls/H/remove/"), {"block": "A"})
    nothing = send(desk, at(fair, "floorplan/halls/H/remove/"), {"block": ""})
    assert "begins with these letters" in see(desk, nothing.leads_to).text
    send(desk, at(fair, "floorplan/halls/H/remove/"), {"block": "B"}, status=409)

    assert [booth.number for booth in Booth.objects.all()] == ["B01"]


def test_a_hall_is_changed_and_taken_out(fair, desk):
    HallFactory(fair=fair, key="H")

    send(desk, at(fair, "floorplan/halls/H/"), hall_values(key="H", power_supply=""))
    assert (fair.halls.get().width, fair.halls.get().power_supply) == (60, None)
    send(desk, at(fair, "floorplan/halls/H/"), {"remove": "1"})
    assert not fair.halls.exists()


def test_the_plan_says_who_holds_each_booth_and_how_far_they_are(fair, desk):
    hall = HallFactory(fair=fair, key="H")
    row = ApplicationFactory(call=CallFactory(fair=fair), company__name_en="Tao Workshop", state="offered")
    PlacementFactory(application=row, booth=BoothFactory(hall=hall, number="A12"))

    page = see(desk, at(fair, "floorplan/?booth=A12"))

    assert any("Tao Workshop" in node.attrs.get("aria-label", "") for node in page.all("a"))
    assert at(fair, f"applications/{row.label}/") in page.links


def test_plans_of_other_fairs_are_out_of_reach(fair, desk):
    booth = BoothFactory(hall=HallFactory(key="H"))
    theirs = booth.fair

    send(desk, at(theirs, "floorplan/halls/H/"), {"remove": "1"}, status=404)
    send(desk, at(fair, "floorplan/halls/H/"), {"remove": "1"}, status=404)
    send(desk, at(fair, f"floorplan/booths/{booth.number}/"), {"remove": "1"}, status=404)
    assert Booth.objects.count() == 1


def test_a_zone_and_circuit_of_another_fair_can_not_be_chosen(fair, desk):
    HallFactory(fair=fair, key="H")

    page = send(
        desk,
        at(fair, "floorplan/halls/H/grid/"),
        grid_values(zone=ZoneFactory().pk, circuit=CircuitFactory().pk),
        status=422,
    )

    assert set(page.wrong) == {"zone", "circuit"}


# --- The programme ---


@pytest.fixture
def stage(fair):
    return StageFactory(fair=fair)


def session_values(on, **changes):
    return {
        "title_zh": "茶席",
        "title_en": "Tea session",
        "kind": "talk",
        "day": on.fair.starts_on.isoformat(),
        "start": "11:00",
        "minutes": "45",
        "stage": on.pk,
        **changes,
    }


def test_a_programme_begins_with_a_stage(fair, desk):
    assert "Add a stage first" in see(desk, at(fair, "programme/sessions/new/")).main

    refused = send(desk, at(fair, "programme/stages/"), {"name_zh": ""}, status=422)
    send(desk, at(fair, "programme/stages/"), {"name_zh": "主舞台", "name_en": "Main stage", "capacity": "120"})

    assert list(refused.wrong) == ["name_zh"]
    assert fair.stages.get().name_en == "Main stage"


def test_a_session_is_planned_with_people_and_makers(fair, stage, desk):
    expert = expert_of(fair.organizer)
    company = CompanyFactory()
    row = ApplicationFactory(call=CallFactory(fair=fair), company=company, state="confirmed")
    PlacementFactory(application=row, booth=BoothFactory(hall=HallFactory(fair=fair)))
    maker = member_of(company)

    done = send(
        desk,
        at(fair, "programme/sessions/new/"),
        session_values(
            stage, presenters=f"{expert.email}\n{maker.email.upper()}\n", companies=[company.pk], seats="20"
        ),
    )

    session = Session.objects.get()
    assert done.leads_to == at(fair, f"programme/?day={fair.starts_on.isoformat()}")
    assert timezone.localtime(session.starts_at, fair.zone).strftime("%H:%M") == "11:00"
    assert session.ends_at - session.starts_at == timedelta(minutes=45)
    assert set(session.presenters.all()) == {expert, maker}
    assert list(session.companies.all()) == [company]
    shown = see(desk, at(fair, f"programme/sessions/{session.pk}/")).holds
    assert (shown["start"], shown["minutes"], shown["title_en"]) == ("11:00", "45", "Tea session")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_zh": ""}, "title_zh"),
        ({"start": "noon"}, "start"),
        ({"minutes": "0"}, "minutes"),
        ({"day": "2020-01-01"}, "day"),
        ({"stage": ""}, "stage"),
        ({"presenters": "nobody@example.com"}, "presenters"),
        ({"presenters": "\n".join(f"p{n}@example.com" for n in range(21))}, "presenters"),
    ],
)
def test_a_session_that_can_not_be_planned_stands_beside_its_field(fair, stage, desk, changes, field):
    UserFactory(email="nobody@example.com")

    page = send(desk, at(fair, "programme/sessions/new/"), session_values(stage, **changes), status=422)

    assert list(page.wrong) == [field]
    assert page.holds["title_en"] == "Tea session"
    assert not Session.objects.exists()


def test_two_sessions_on_one_stage_are_refused_with_the_other_ones_name(fair, stage, desk):
    SessionFactory(stage=stage, title_en="Opening", starts_at=fair.begins_at + timedelta(hours=1))

    page = send(desk, at(fair, "programme/sessions/new/"), session_values(stage), status=422)

    assert any("Opening" in said for said in [*page.above, *page.wrong.values()])


def test_a_session_is_moved_in_the_list(fair, stage, desk):
    session = SessionFactory(stage=stage)
    SessionFactory(stage=stage, title_en="In the way", starts_at=fair.begins_at + timedelta(hours=4))
    second = fair.starts_on + timedelta(days=1)
    place = {"day": second.isoformat(), "start": "15:30", "minutes": "60", "stage": stage.pk}
    address = at(fair, f"programme/sessions/{session.pk}/move/")

    done = send(desk, address, place)
    session.refresh_from_db()
    assert timezone.localtime(session.starts_at, fair.zone).strftime("%d %H:%M") == f"{second.day:02d} 15:30"
    assert done.leads_to == at(fair, f"programme/?day={second.isoformat()}")

    taken = send(desk, address, {**place, "day": fair.starts_on.isoformat(), "start": "14:30"}, status=422)
    wrong = send(desk, address, {**place, "minutes": "x"}, status=422)
    assert "In the way" in " ".join([*taken.above, *taken.wrong.values(), taken.main])
    assert "minutes" in wrong.wrong


def test_a_session_is_taken_out_and_back_in(fair, stage, coordinator, desk):
    session = SessionFactory(stage=stage)
    programming.release(fair, by=coordinator)
    address = at(fair, f"programme/sessions/{session.pk}/move/")

    send(desk, address, {"drop": "1"})
    session.refresh_from_db()
    assert session.dropped_at is not None
    assert "Cancelled with the next release" in see(desk, at(fair, "programme/")).main

    send(desk, address, {"keep": "1"})
    session.refresh_from_db()
    assert session.dropped_at is None


def test_conflicts_are_shown_and_stop_the_release(fair, desk):
    person = UserFactory(name_zh="林師傅")
    for _ in range(2):
        SessionFactory(stage=StageFactory(fair=fair)).presenters.add(person)

    page = see(desk, at(fair, "programme/"))
    release = see(desk, at(fair, "programme/release/"))
    refused = send(desk, at(fair, "programme/release/"), status=422)

    assert "林師傅" in page.main
    assert "1 conflict must be solved" in release.main
    assert refused.above
    assert not Release.objects.exists()


def test_a_release_shows_what_it_changes_before_it_is_published(fair, stage, coordinator, desk):
    moved, gone = (
        SessionFactory(stage=stage, title_en=name, starts_at=fair.begins_at + timedelta(hours=hour))
        for name, hour in (("Moved talk", 0), ("Dropped talk", 2))
    )
    same = SessionFactory(stage=stage, title_en="Same talk", starts_at=fair.begins_at + timedelta(hours=6))
    programming.release(fair, by=coordinator)
    for one in (moved, gone, same):
        one.refresh_from_db()
    programming.edit_session(
        moved,
        values={"starts_at": moved.starts_at + timedelta(hours=1), "ends_at": moved.ends_at + timedelta(hours=1)},
        by=coordinator,
    )
    programming.drop_session(gone, by=coordinator)
    SessionFactory(stage=stage, title_en="New talk", starts_at=fair.begins_at + timedelta(hours=4))

    page = see(desk, at(fair, "programme/release/"))
    for said in ("Moved talk", "Dropped talk", "New talk", "3 changes"):
        assert said in page.main
    assert "Same talk" not in page.main

    done = send(desk, at(fair, "programme/release/"), {"note_zh": "加一場", "note_en": "One more"})
    assert "Release 2 is published." in see(desk, done.leads_to).text
    assert set(Listing.objects.filter(is_cancelled=False).values_list("title_en", flat=True)) == {
        "Moved talk",
        "New talk",
        "Same talk",
    }
    assert "One more" in see(client_of(), f"/fairs/{fair.slug}/programme/").main


def test_nothing_new_is_no_release(fair, stage, coordinator, desk):
    SessionFactory(stage=stage)
    programming.release(fair, by=coordinator)

    assert send(desk, at(fair, "programme/release/"), status=422).above
    assert Release.objects.count() == 1


def test_on_the_day_a_session_is_delayed_or_cancelled_at_once(fair, stage, coordinator, desk):
    late, off = (SessionFactory(stage=stage, starts_at=fair.begins_at + timedelta(hours=hour)) for hour in (1, 4))
    programming.release(fair, by=coordinator)
    at_late, at_off = (at(fair, f"programme/sessions/{one.pk}/") for one in (late, off))
    assert at_late + "delay/" in see(desk, at_late).forms

    wrong = send(desk, at_late + "delay/", {"minutes": "0"}, status=422)
    silent = send(desk, at_off + "cancel/", {"reason": ""}, status=422)
    send(desk, at_late + "delay/", {"minutes": "30", "reason": "The kiln is still hot."})
    send(desk, at_off + "cancel/", {"reason": "Rain"})

    assert list(wrong.wrong) == ["minutes"]
    assert list(silent.wrong) == ["reason"]
    assert Listing.objects.get(pk=late.pk).starts_at == late.starts_at + timedelta(minutes=30)
    assert Listing.objects.get(pk=off.pk).is_cancelled


def test_what_is_not_public_can_not_be_delayed(fair, stage, desk):
    session = SessionFactory(stage=stage)
    address = at(fair, f"programme/sessions/{session.pk}/")

    assert address + "delay/" not in see(desk, address).forms
    assert send(desk, address + "delay/", {"minutes": "30"}, status=422).above


def test_sessions_of_other_fairs_are_out_of_reach(fair, desk):
    theirs = SessionFactory()

    see(desk, at(fair, f"programme/sessions/{theirs.pk}/"), status=404)
    send(desk, at(fair, f"programme/sessions/{theirs.pk}/move/"), {"drop": "1"}, status=404)
    send(desk, at(theirs.fair, f"programme/sessions/{theirs.pk}/cancel/"), {"reason": "x"}, status=404)


@pytest.mark.parametrize("day", ["2030-02-31", "x", "%00", ""])
def test_the_list_answers_whatever_day_is_asked(fair, stage, desk, day):
    SessionFactory(stage=stage, title_en="Opening")

    assert "Opening" in see(desk, at(fair, f"programme/?day={day}")).main


def test_a_draft_fair_plans_and_does_not_publish(fair, desk):
    draft = FairFactory(organizer=fair.organizer, state=Fair.State.DRAFT)
    SessionFactory(stage=StageFactory(fair=draft))

    assert send(desk, at(draft, "programme/release/"), status=422).above


def test_planning_asks_the_database_as_often_for_many_things_as_for_few(fair, stage, coordinator, desk):
    call = CallFactory(fair=fair)
    hall = HallFactory(fair=fair, key="H", width=300, depth=300)

    def more(start, count):
        for n in range(start, start + count):
            BoothFactory(hall=hall, x=4 * n, y=8)
            ZoneFactory(fair=fair)
            QuestionFactory(call=call)
            session = SessionFactory(
                stage=stage,
                starts_at=fair.begins_at + timedelta(minutes=10 * n),
                ends_at=fair.begins_at + timedelta(minutes=10 * n + 10),
            )
            session.presenters.add(coordinator)

    paths = [at(fair, room) for room in ("call/", "floorplan/", "programme/", "programme/release/")]
    more(1, 1)
    few = {path: queries(desk, path) for path in paths}
    more(2, 20)

    assert {path: queries(desk, path) for path in paths} == few
    assert max(few.values()) <= 30
