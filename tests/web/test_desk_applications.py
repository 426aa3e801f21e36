"""Applications at the desk: the table, decisions about one and many, corrections, offers, and the release."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Change
from exhibitors import deciding
from exhibitors.models import Application, Placement
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CategoryFactory,
    CompanyFactory,
    CountyFactory,
    CriterionFactory,
    FairFactory,
    HallFactory,
    PlacementFactory,
    QuestionFactory,
    ReviewFactory,
    TownFactory,
    coordinator_of,
    member_of,
)
from tests.web.reading import client_of, queries, see, send

pytestmark = pytest.mark.django_db
State = Application.State


@pytest.fixture
def call():
    """A call that closed, of a fair to come."""
    return CallFactory(closes_at=timezone.now() - timedelta(hours=1))


@pytest.fixture
def coordinator(call):
    return coordinator_of(call.fair)


@pytest.fixture
def desk(coordinator):
    return client_of(coordinator)


def at(thing, more=""):
    """The address of an application, or of the applications of a call."""
    if isinstance(thing, Application):
        return f"/desk/{thing.call.fair.slug}/applications/{thing.label}/{more}"
    return f"/desk/{thing.fair.slug}/applications/{more}"


def rows_of(page):
    """The companies of the table, in its order."""
    return [node.text for node in page.all("th") if node.attrs.get("scope") == "row"]


# --- The table ---


def test_the_table_shows_what_was_handed_in_the_best_first_and_no_drafts(call, desk):
    ApplicationFactory(call=call, company__name_en="Second", total_score=70)
    ApplicationFactory(call=call, company__name_en="First", total_score=90)
    ApplicationFactory(call=call, company__name_en="Unscored")
    ApplicationFactory(call=call, company__name_en="Unfinished", state=State.DRAFT)
    ApplicationFactory(company__name_en="Of another fair")

    rows = rows_of(see(desk, at(call)))

    assert [row.split(" A-")[0] for row in rows] == ["First", "Second", "Unscored"]


def test_the_table_can_be_filtered_and_searched(call, desk):
    yilan = TownFactory(code="10002010", county=CountyFactory(code="10002", name_en="Yilan"), name_zh="宜蘭市")
    ApplicationFactory(call=call, company__name_en="Tea House", company__ubn="10000009")
    ApplicationFactory(
        call=call, company__name_en="Clay House", company__category=CategoryFactory(code="clay", name_en="Clay")
    )
    coast = ApplicationFactory(call=call, company__name_en="Coast House", company__town=yilan, state=State.WITHDRAWN)

    def found(asked):
        return {row.split(" A-")[0].removesuffix(" House") for row in rows_of(see(desk, at(call, f"?{asked}")))}

    assert found("category=clay") == {"Clay"}
    assert found("county=10002") == {"Coast"}
    assert found("state=withdrawn") == {"Coast"}
    assert found("state=nonsense") == {"Tea", "Clay", "Coast"}
    assert found("q=clay+house") == {"Clay"}
    assert found("q=10000009") == {"Tea"}
    assert found(f"q={coast.label}") == {"Coast"}
    assert found("q=%00&county=%00") == {"Tea", "Clay", "Coast"}
    assert found("q=nobody") == set()


def test_the_views_are_undecided_and_staged(call, coordinator, desk):
    ApplicationFactory(call=call, company__name_en="Open")
    deciding.stage(ApplicationFactory(call=call, company__name_en="Kept"), "accept", by=coordinator)

    assert [row.split(" A-")[0] for row in rows_of(see(desk, at(call, "?view=undecided")))] == ["Open"]
    assert [row.split(" A-")[0] for row in rows_of(see(desk, at(call, "?view=staged")))] == ["Kept"]


@pytest.mark.parametrize("sort", ["score", "number", "-number", "name", "submitted", "state", "nonsense", ""])
def test_the_table_can_be_sorted_by_its_columns(call, desk, sort):
    for n in range(2):
        ApplicationFactory(call=call, company__name_zh=f"公司{n}")

    rows = rows_of(see(desk, at(call, f"?sort={sort}")))

    assert len(rows) == 2
    if sort in ("number", "-number"):
        assert (rows == sorted(rows, key=lambda row: row.split("A-")[1])) == (sort == "number")


def test_the_table_asks_the_database_as_often_for_many_as_for_few(call, desk):
    def more(count):
        for _ in range(count):
            application = ApplicationFactory(call=call, state=State.CONFIRMED)
            PlacementFactory(application=application, booth=BoothFactory(hall=HallFactory(fair=call.fair)))

    more(1)
    few = queries(desk, at(call))
    more(24)

    assert queries(desk, at(call)) == few <= 20


def test_an_empty_table_says_so(call, desk):
    assert "They stand here as soon as companies hand them in." in see(desk, at(call)).main


# --- Many at once ---


def test_one_decision_is_kept_for_all_that_are_chosen(call, desk):
    rows = [ApplicationFactory(call=call) for _ in range(3)]

    done = send(
        desk,
        at(call, "stage/"),
        {"application": [row.pk for row in rows[:2]], "decision": "accept", "view": "undecided", "q": ""},
    )

    assert done.leads_to == at(call, "?view=undecided")
    assert list(Application.objects.order_by("number").values_list("staged_decision", flat=True)) == [
        "accept",
        "accept",
        "",
    ]
    assert "2 decisions are kept." in see(desk, done.leads_to).text


def test_decisions_can_be_taken_away_again(call, coordinator, desk):
    row = ApplicationFactory(call=call)
    deciding.stage(row, "accept", by=coordinator)

    send(desk, at(call, "stage/"), {"application": [row.pk], "decision": ""})

    row.refresh_from_db()
    assert row.staged_decision == ""


@pytest.mark.parametrize("foreign", ["other", "nonsense"])
def test_with_one_that_is_not_of_this_fair_nothing_is_kept(call, desk, foreign):
    mine = ApplicationFactory(call=call)
    theirs = ApplicationFactory().pk if foreign == "other" else "x' or 1=1"

    send(desk, at(call, "stage/"), {"application": [mine.pk, theirs], "decision": "accept"}, status=404)

    mine.refresh_from_db()
    assert mine.staged_decision == ""


def test_with_one_that_can_not_be_decided_nothing_is_kept(call, desk):
    mine, done = ApplicationFactory(call=call), ApplicationFactory(call=call, state=State.REJECTED)

    send(desk, at(call, "stage/"), {"application": [mine.pk, done.pk], "decision": "accept"}, status=409)

    mine.refresh_from_db()
    assert mine.staged_decision == ""


def test_somebody_must_be_chosen(call, desk):
    done = send(desk, at(call, "stage/"), {"decision": "accept"})

    assert "Choose at least one application." in see(desk, done.leads_to).text


# --- One application ---


def test_an_application_shows_what_it_says_and_how_it_was_scored(call, desk):
    question = QuestionFactory(call=call, label_en="Why do you come?")
    CriterionFactory(call=call, weight=100)
    row = ApplicationFactory(
        call=call, company__name_en="Tao Workshop", answers={question.key: "From one mountain."}, power=2500
    )
    ReviewFactory(application=row, state="submitted", weighted_score=80, submitted_at=timezone.now())
    ReviewFactory(application=row)

    page = see(desk, at(row))

    for said in ("Tao Workshop", "Why do you come?", "From one mountain.", "2.5 kW", "80.0", "1 not scored"):
        assert said in page.main


def test_an_application_leads_to_its_neighbours_and_to_earlier_fairs(call, desk):
    company = CompanyFactory()
    earlier = CallFactory(fair__organizer=call.fair.organizer, fair__name_en="Last year")
    ApplicationFactory(call=earlier, company=company, state=State.ATTENDED)
    first, second, third = [
        ApplicationFactory(call=call, company=company if n == 1 else CompanyFactory()) for n in range(3)
    ]

    page = see(desk, at(second))

    assert {at(first), at(third)} <= set(page.links)
    assert "Last year" in page.main


@pytest.mark.parametrize("number", ["A-9999", "9999", "x", "99999999999", "A-"])
def test_a_number_that_there_is_not_has_no_page(call, desk, number):
    see(desk, at(call, f"{number}/"), status=404)


def test_a_number_may_stand_without_its_letter(call, desk):
    row = ApplicationFactory(call=call)

    assert row.label in see(desk, at(call, f"{row.number}/")).main


def test_a_draft_is_the_companys_alone(call, desk):
    see(desk, at(ApplicationFactory(call=call, state=State.DRAFT)), status=404)


def test_a_decision_is_kept_in_private_and_taken_away(call, desk):
    row = ApplicationFactory(call=call)
    member = client_of(member_of(row))

    send(desk, at(row, "decide/"), {"decision": "waitlist", "reason": "The design is good."})
    row.refresh_from_db()
    assert (row.state, row.staged_decision, row.decision_reason) == (State.SUBMITTED, "waitlist", "The design is good.")
    assert see(desk, at(row)).holds["reason"] is not None
    assert "The design is good." not in see(member, f"/company/applications/{row.pk}/").source

    send(desk, at(row, "decide/"), {"unstage": "1"})
    row.refresh_from_db()
    assert row.staged_decision == ""


def test_a_decision_must_be_chosen(call, desk):
    row = ApplicationFactory(call=call)

    page = send(desk, at(row, "decide/"), {"reason": "Hm"}, status=422)

    assert page.wrong == {"decision": "Choose accept, waitlist or reject."}
    assert "Hm" in page.source


def test_what_is_decided_can_not_be_decided_again(call, desk):
    row = ApplicationFactory(call=call, state=State.REJECTED)

    page = send(desk, at(row, "decide/"), {"decision": "accept"}, status=422)

    assert len(page.above) == 1


# --- Corrections ---


def until(days=3):
    return timezone.localtime(timezone.now() + timedelta(days=days)).strftime("%Y-%m-%d %H:%M")


def test_corrections_are_asked_for_extended_and_taken_back(call, desk):
    question = QuestionFactory(call=call, key="flame")
    row = ApplicationFactory(call=call)
    asked = {"fields_to_correct": ["power", question.key], "reason": "In kilowatts, please.", "return_by": until()}

    send(desk, at(row, "return/"), asked)
    row.refresh_from_db()
    assert (row.state, set(row.returned_fields)) == (State.RETURNED, {"power", "flame"})
    assert "In kilowatts, please." in see(desk, at(row)).main

    before = row.return_by
    send(desk, at(row, "extend/"), {"return_by": until(9)})
    row.refresh_from_db()
    assert row.return_by > before

    send(desk, at(row, "extend/"), {"take_back": "1"})
    row.refresh_from_db()
    assert row.state == State.SUBMITTED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fields_to_correct": []}, "fields_to_correct"),
        ({"fields_to_correct": ["state"]}, "fields_to_correct"),
        ({"reason": ""}, "reason"),
        ({"return_by": "soon"}, "return_by"),
        ({"return_by": "2020-01-01"}, "return_by"),
    ],
)
def test_what_is_to_be_corrected_must_be_said_whole(call, desk, changes, field):
    row = ApplicationFactory(call=call)
    asked = {"fields_to_correct": ["power"], "reason": "In kilowatts.", "return_by": until(), **changes}

    page = send(desk, at(row, "return/"), asked, status=422)

    row.refresh_from_db()
    assert list(page.wrong) == [field]
    assert row.state == State.SUBMITTED


def test_a_new_deadline_must_lie_ahead(call, desk):
    row = ApplicationFactory(call=call, state=State.RETURNED, returned_fields=["power"])

    page = send(desk, at(row, "extend/"), {"return_by": "2020-01-01"}, status=422)

    assert list(page.wrong) == ["return_by"]


# --- Offers ---


def test_a_free_booth_is_held_and_offered(call, desk):
    hall = HallFactory(fair=call.fair)
    booth, taken = BoothFactory(hall=hall, number="A01"), BoothFactory(hall=hall, number="A02")
    PlacementFactory(application=ApplicationFactory(call=call, state=State.OFFERED), booth=taken)
    row = ApplicationFactory(call=call, state=State.ACCEPTED)

    page = see(desk, at(row))
    send(desk, at(row, "offer/"), {"booths": [booth.pk], "answer_by": until()})

    row.refresh_from_db()
    assert row.state == State.OFFERED
    assert Placement.objects.held().get(application=row).booth == booth
    assert "A01" in page.main
    assert str(taken.pk) not in page.source


def test_a_booth_that_was_taken_meanwhile_is_refused_on_the_same_page(call, desk):
    booth = BoothFactory(hall=HallFactory(fair=call.fair))
    PlacementFactory(application=ApplicationFactory(call=call, state=State.OFFERED), booth=booth)
    row = ApplicationFactory(call=call, state=State.ACCEPTED)

    page = send(desk, at(row, "offer/"), {"booths": [booth.pk]}, status=422)

    row.refresh_from_db()
    assert row.state == State.ACCEPTED
    assert page.above


def test_a_booth_must_be_chosen_and_of_this_fair(call, desk):
    row = ApplicationFactory(call=call, state=State.ACCEPTED)

    none = send(desk, at(row, "offer/"), {}, status=422)
    theirs = send(desk, at(row, "offer/"), {"booths": [BoothFactory().pk]}, status=422)

    assert none.wrong == {"booths": "Choose a booth."} or none.above == ["Choose a booth."]
    assert theirs.above


def test_a_company_can_be_given_another_booth(call, desk):
    hall = HallFactory(fair=call.fair)
    row = ApplicationFactory(call=call, state=State.CONFIRMED)
    PlacementFactory(application=row, booth=BoothFactory(hall=hall, number="A01"))
    other = BoothFactory(hall=hall, number="A02")

    send(desk, at(row, "offer/"), {"booths": [other.pk]})

    assert [one.booth for one in Placement.objects.held().filter(application=row)] == [other]


def test_an_application_is_cancelled_with_a_reason(call, desk):
    row = ApplicationFactory(call=call, state=State.CONFIRMED)
    PlacementFactory(application=row, booth=BoothFactory(hall=HallFactory(fair=call.fair)))

    silent = send(desk, at(row, "cancel/"), {"reason": ""}, status=422)
    send(desk, at(row, "cancel/"), {"reason": "The kiln is not safe."})

    row.refresh_from_db()
    assert "reason" in silent.wrong
    assert row.state == State.CANCELLED
    assert not Placement.objects.held().exists()
    assert "The kiln is not safe." in see(desk, at(row)).main


def test_who_came_is_noted(call, desk):
    call.fair.starts_on = timezone.localdate() - timedelta(days=1)
    call.fair.ends_on = timezone.localdate()
    call.fair.save()
    came, missed = (ApplicationFactory(call=call, state=State.CONFIRMED) for _ in range(2))

    send(desk, at(came, "attendance/"), {"came": "yes"})
    send(desk, at(missed, "attendance/"), {"came": "no"})

    assert list(Application.objects.order_by("number").values_list("state", flat=True)) == ["attended", "no_show"]


# --- The release ---


def decisions(call):
    return f"/desk/{call.fair.slug}/decisions/"


def test_nothing_is_released_while_one_is_undecided(call, coordinator, desk):
    deciding.stage(ApplicationFactory(call=call), "accept", by=coordinator)
    open_ = ApplicationFactory(call=call, company__name_en="Undecided House")

    page = see(desk, decisions(call))
    refused = send(desk, decisions(call), {"name": call.fair.name_zh}, status=422)

    assert "Undecided House" in page.main
    assert at(open_) in page.links
    assert refused.above
    assert not Application.objects.filter(state=State.ACCEPTED).exists()


def test_all_decisions_are_released_at_once_after_the_name_was_typed(call, coordinator, desk):
    rows = [ApplicationFactory(call=call) for _ in range(3)]
    for row, decision in zip(rows, ("accept", "waitlist", "reject"), strict=True):
        member_of(row)
        deciding.stage(row, decision, by=coordinator)

    page = see(desk, decisions(call))
    wrong = send(desk, decisions(call), {"name": "Another fair"}, status=422)
    assert "Release and send 3 mails" in page.main
    assert "This is not the fair’s name." in wrong.wrong["name"]
    assert wrong.holds["name"] == "Another fair"
    assert Application.objects.filter(state=State.SUBMITTED).count() == 3

    done = send(desk, decisions(call), {"name": f"  {call.fair.name_en} "})

    assert list(Application.objects.order_by("number").values_list("state", flat=True)) == [
        "accepted",
        "waitlisted",
        "rejected",
    ]
    assert "All decisions are released." in see(desk, done.leads_to).text
    assert "The decisions were released" in see(desk, decisions(call)).main
    assert Change.objects.filter(kind="call.decisions_released").count() == 1


def test_a_fair_without_a_call_has_no_decisions():
    fair = FairFactory()

    see(client_of(coordinator_of(fair)), f"/desk/{fair.slug}/decisions/", status=404)
