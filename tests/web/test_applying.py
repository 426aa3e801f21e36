"""Applying on the pages: from the call to hand-in, corrections, withdrawing, and the answer to an offer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exhibitors import applying, deciding
from exhibitors.models import Application
from fairs.models import Question
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CompanyFactory,
    HallFactory,
    PlacementFactory,
    ProductFactory,
    QuestionFactory,
    coordinator_of,
    member_of,
    stranger,
)
from tests.web.reading import client_of, see, send

pytestmark = pytest.mark.django_db
State = Application.State


@pytest.fixture
def company():
    return CompanyFactory(name_en="Tao Workshop")


@pytest.fixture
def member(company):
    return member_of(company)


def begun(member, company, **values):
    """A draft, with what was filled in so far."""
    call = values.pop("call", None) or CallFactory()
    draft = applying.start(call, company, by=member)
    if values:
        applying.save(draft, values=values, answers={}, by=member)
    return draft


def at(application, step=""):
    return f"/company/applications/{application.pk}/{step}"


# --- Beginning ---


def test_calls_that_are_open_are_listed_until_the_company_has_applied(member, company):
    here = CallFactory(fair__name_en="Open fair")
    CallFactory(fair__name_en="Closed fair", closes_at=timezone.now() - timedelta(hours=1))
    ApplicationFactory(call=CallFactory(fair__name_en="Applied already"), company=company)

    page = see(client_of(member), "/company/applications/new/")

    assert "Open fair" in page.main
    assert "Closed fair" not in page.main
    assert "Applied already" not in page.main
    assert f"/company/applications/new/?call={here.fair.slug}" in page.links


def test_a_call_says_what_it_asks_and_costs_before_anything_begins(member):
    call = CallFactory(fee_per_booth=6000, deposit=3000)
    QuestionFactory(call=call, label_en="Why do you come?")

    page = see(client_of(member), f"/company/applications/new/?call={call.fair.slug}")

    for said in ("6,000", "3,000", "Why do you come?"):
        assert said in page.main
    assert not Application.objects.exists()


def test_the_button_begins_one_draft_and_leads_back_to_it_afterwards(member):
    call = CallFactory()
    client = client_of(member)

    first = send(client, "/company/applications/new/", {"call": call.fair.slug})

    draft = Application.objects.get()
    assert first.leads_to == at(draft, "products/")
    assert send(client, "/company/applications/new/", {"call": call.fair.slug}).leads_to == at(draft)
    assert client.get(f"/company/applications/new/?call={call.fair.slug}").headers["Location"] == at(draft)
    assert client.get(at(draft)).headers["Location"] == at(draft, "products/")


def test_a_call_that_closed_has_no_button_and_refuses(member):
    call = CallFactory(closes_at=timezone.now() - timedelta(hours=1))

    page = see(client_of(member), f"/company/applications/new/?call={call.fair.slug}")
    send(client_of(member), "/company/applications/new/", {"call": call.fair.slug}, status=409)

    assert "This call is not open." in page.main
    assert not Application.objects.exists()


def test_who_has_no_company_is_led_to_sign_one_up():
    assert client_of(stranger()).get("/company/applications/new/").headers["Location"] == "/company/signup/"


def test_a_fair_that_is_not_there_has_no_call(member):
    see(client_of(member), "/company/applications/new/?call=nothing", status=404)


# --- Step by step ---


def test_each_step_keeps_what_was_typed_and_leads_on(member, company):
    hall = HallFactory()
    BoothFactory(hall=hall, number="A01")
    draft = begun(member, company, call=CallFactory(fair=hall.fair, max_booths=2))
    product = ProductFactory(company=company)
    question = QuestionFactory(call=draft.call)
    client = client_of(member)

    to_booths = send(client, at(draft, "products/"), {"products": [product.pk]})
    to_questions = send(
        client,
        at(draft, "booths/"),
        {
            "booths_wanted": "2",
            "wants_corner": "on",
            "booth_wishes": "a01",
            "power": "1.5",
            "needs_water": "on",
            "fee_limit": "9000",
        },
    )
    to_check = send(
        client,
        at(draft, "questions/"),
        {f"answers.{question.key}": "We make tea.", "contact_name": "陳小姐", "contact_email": "chen@example.com"},
    )

    draft.refresh_from_db()
    assert [to_booths.leads_to, to_questions.leads_to, to_check.leads_to] == [
        at(draft, "booths/"),
        at(draft, "questions/"),
        at(draft, "check/"),
    ]
    assert list(draft.products.all()) == [product]
    assert (draft.booths_wanted, draft.wants_corner, draft.power, draft.booth_wishes, draft.fee_limit) == (
        2,
        True,
        1500,
        ["A01"],
        9000,
    )
    assert draft.answers == {question.key: "We make tea."}
    shown = see(client, at(draft, "booths/")).holds
    assert (shown["power"], shown["booth_wishes"], shown["booths_wanted"]) == ("1.5", "A01", "2")


def test_a_draft_can_be_put_away(member, company):
    draft = begun(member, company)
    client = client_of(member)

    done = send(client, at(draft, "booths/"), {"booths_wanted": "1", "stay": "1"})

    assert done.leads_to == at(draft, "booths/")
    assert "The draft is saved" in see(client, done.leads_to).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"booths_wanted": "0"}, "booths_wanted"),
        ({"booths_wanted": "99"}, "booths_wanted"),
        ({"booths_wanted": "1", "power": "much"}, "power"),
        ({"booths_wanted": "1", "booth_wishes": "Z99"}, "booth_wishes"),
        ({"booths_wanted": "1", "fee_limit": "-1"}, "fee_limit"),
    ],
)
def test_what_cannot_be_kept_stands_beside_its_field_with_what_was_typed(member, company, typed, field):
    draft = begun(member, company)

    page = send(client_of(member), at(draft, "booths/"), typed, status=422)

    assert list(page.wrong) == [field]
    assert page.holds[field] == typed[field]


def test_every_kind_of_question_is_asked_kept_and_shown_again(member, company):
    call = CallFactory()
    choices = [{"value": "a", "zh": "甲", "en": "First"}, {"value": "b", "zh": "乙", "en": "Second"}]
    kinds = Question.Kind
    QuestionFactory(call=call, key="text", kind=kinds.TEXT, place=1)
    QuestionFactory(call=call, key="yes", kind=kinds.YESNO, place=2, max_length=None)
    QuestionFactory(call=call, key="one", kind=kinds.CHOICE, choices=choices, place=3, max_length=None)
    QuestionFactory(call=call, key="some", kind=kinds.MULTICHOICE, choices=choices, place=4, max_length=None)
    QuestionFactory(call=call, key="number", kind=kinds.NUMBER, minimum=0, maximum=500, place=5, max_length=None)
    draft = begun(member, company, call=call)
    client = client_of(member)

    send(
        client,
        at(draft, "questions/"),
        {
            "answers.text": "One\r\nTwo",
            "answers.yes": "no",
            "answers.one": "b",
            "answers.some": ["a", "b"],
            "answers.number": "120",
            "contact_name": "陳小姐",
            "contact_phone": "049-000-0001",
        },
    )

    draft.refresh_from_db()
    assert draft.answers == {"text": "One\nTwo", "yes": False, "one": "b", "some": ["a", "b"], "number": 120}
    shown = see(client, at(draft, "questions/")).holds
    assert (shown["answers.yes"], shown["answers.one"], shown["answers.some"]) == ("no", "b", "a,b")
    said = see(client, at(draft, "check/")).main
    for answer in ("One", "No", "Second", "First, Second", "120"):
        assert answer in said


def test_an_answer_can_be_taken_out_again(member, company):
    question = QuestionFactory(kind=Question.Kind.YESNO, max_length=None)
    draft = begun(member, company, call=question.call)
    client = client_of(member)
    send(client, at(draft, "questions/"), {f"answers.{question.key}": "yes"})

    send(client, at(draft, "questions/"), {})

    draft.refresh_from_db()
    assert draft.answers.get(question.key) is None


# --- Handing in ---


def test_all_gaps_are_said_at_once_each_with_a_link_to_its_field(member, company):
    question = QuestionFactory(is_required=True)
    draft = begun(member, company, call=question.call, contact_name="")

    page = send(client_of(member), at(draft, "check/"), status=422)

    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert len(page.above) >= 2
    assert at(draft, f"questions/?gaps=1#id_answers.{question.key}") in page.links
    assert at(draft, "questions/?gaps=1#id_contact_name") in page.links


def test_the_link_of_a_gap_shows_the_sentence_beside_its_field(member, company):
    question = QuestionFactory(is_required=True)
    draft = begun(member, company, call=question.call, contact_name="")

    page = see(client_of(member), at(draft, "questions/?gaps=1"))

    assert f"answers.{question.key}" in page.wrong
    assert "contact_name" in page.wrong


def test_a_complete_application_is_handed_in_and_followed(member, company):
    draft = begun(member, company, contact_name="陳小姐", contact_email="chen@example.com")
    client = client_of(member)

    done = send(client, at(draft, "check/"))

    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED
    page = see(client, done.leads_to)
    assert f"Handed in: {draft.label}." in page.text
    assert "It is handed in." in page.main


def test_after_hand_in_no_step_is_there(member, company):
    application = ApplicationFactory(company=company)

    for step in ("products/", "booths/", "questions/", "check/", "correct/"):
        see(client_of(member), at(application, step), status=404)


def test_what_is_someone_elses_is_not_there(member):
    theirs = ApplicationFactory(state=State.DRAFT)
    offered = ApplicationFactory(state=State.OFFERED)

    for path in (at(theirs), at(theirs, "products/"), at(theirs, "check/"), f"/company/offers/{offered.pk}/"):
        see(client_of(member), path, status=404)
    for step in ("withdraw/", "reopen/", "check/"):
        send(client_of(member), at(theirs, step), {"sure": "on"}, status=404)
    theirs.refresh_from_db()
    assert theirs.state == State.DRAFT


# --- Corrections ---


def returned(member, company, *fields):
    question = QuestionFactory(key="flame", label_en="How hot is your kiln?")
    contact = {"contact_name": "陳小姐", "contact_email": "chen@example.com"}
    draft = begun(member, company, call=question.call, power=500, **contact)
    applying.save(draft, values={}, answers={"flame": "Hot."}, by=member)
    applying.submit(draft, by=member)
    deciding.return_for_correction(
        draft,
        fields=list(fields),
        return_by=timezone.now() + timedelta(days=3),
        reason="Say it in kilowatts.",
        by=coordinator_of(draft),
    )
    return draft


def test_only_what_was_returned_can_be_changed(member, company):
    application = returned(member, company, "power", "flame")
    client = client_of(member)

    page = see(client, at(application, "correct/"))

    assert {"power", "answers.flame"} <= set(page.holds)
    assert "booths_wanted" not in page.holds
    assert "Say it in kilowatts." in page.main
    assert "Say it in kilowatts." in see(client, at(application)).main


def test_sending_the_corrections_hands_the_application_in_again(member, company):
    application = returned(member, company, "power", "flame")
    client = client_of(member)

    done = send(
        client, at(application, "correct/"), {"power": "2.5", "answers.flame": "1,300 °C.", "booths_wanted": "9"}
    )

    application.refresh_from_db()
    assert (application.state, application.power, application.booths_wanted) == (State.SUBMITTED, 2500, 1)
    assert application.answers["flame"] == "1,300 °C."
    assert "are handed in" in see(client, done.leads_to).text


def test_a_correction_with_a_gap_stays_with_the_sentence_beside_it(member, company):
    application = returned(member, company, "power", "flame")

    wrong = send(client_of(member), at(application, "correct/"), {"power": "x", "answers.flame": "y"}, status=422)
    empty = send(client_of(member), at(application, "correct/"), {"power": "1", "answers.flame": ""}, status=422)

    application.refresh_from_db()
    assert list(wrong.wrong) == ["power"]
    assert list(empty.wrong) == ["answers.flame"]
    assert application.state == State.RETURNED


# --- Following and withdrawing ---


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("submitted", "It is handed in."),
        ("accepted", "You are accepted."),
        ("waitlisted", "You are on the waitlist."),
        ("rejected", "This time it was not possible."),
        ("confirmed", "Your booth is confirmed."),
        ("offered", "A booth is held for you."),
        ("withdrawn", "Withdrawn"),
        ("cancelled", "Cancelled"),
        ("attended", "Attended"),
    ],
)
def test_each_state_says_where_one_stands(member, company, state, said):
    application = ApplicationFactory(company=company, state=state)

    assert said in see(client_of(member), at(application)).main


def test_what_is_staged_is_nowhere_on_the_companys_pages(member, company):
    application = ApplicationFactory(company=company)
    deciding.stage(application, "reject", by=coordinator_of(application), reason="Too expensive.")

    for path in (at(application), "/company/", "/company/applications/"):
        page = see(client_of(member), path)
        assert "Too expensive." not in page.source
        assert "Not accepted" not in page.main


def test_withdrawing_asks_whether_one_is_sure(member, company):
    application = ApplicationFactory(company=company)
    client = client_of(member)

    page = send(client, at(application, "withdraw/"), {"reason": "Another fair"}, status=422)
    application.refresh_from_db()
    assert (list(page.wrong), application.state) == (["sure"], State.SUBMITTED)
    assert page.holds["reason"] == "Another fair"

    send(client, at(application, "withdraw/"), {"sure": "on"})
    application.refresh_from_db()
    assert application.state == State.WITHDRAWN


def test_a_withdrawn_application_can_be_made_a_draft_while_the_call_is_open(member, company):
    application = ApplicationFactory(company=company, state=State.WITHDRAWN)
    client = client_of(member)

    assert at(application, "reopen/") in see(client, at(application)).forms
    assert send(client, at(application, "reopen/")).leads_to == at(application, "products/")
    application.refresh_from_db()
    assert application.state == State.DRAFT


def test_after_the_call_closed_a_withdrawn_application_stays_so(member, company):
    call = CallFactory(closes_at=timezone.now() - timedelta(hours=1))
    application = ApplicationFactory(call=call, company=company, state=State.WITHDRAWN)

    assert at(application, "reopen/") not in see(client_of(member), at(application)).forms
    send(client_of(member), at(application, "reopen/"), status=409)


# --- Offers ---


@pytest.fixture
def offered(company):
    application = ApplicationFactory(company=company, state=State.OFFERED, call__fee_per_booth=6000)
    hall = HallFactory(fair=application.call.fair)
    PlacementFactory(application=application, booth=BoothFactory(hall=hall, number="A12"))
    return application


def test_an_offer_says_which_booth_what_it_costs_and_until_when(member, offered):
    page = see(client_of(member), f"/company/offers/{offered.pk}/")

    for said in ("Congratulations: A12 is held for you", "6,000", "Accept A12"):
        assert said in page.main
    assert "Please answer by" in page.main


def test_accepting_binds_the_booth(member, offered):
    client = client_of(member)

    done = send(client, f"/company/offers/{offered.pk}/", {"answer": "confirm"})

    offered.refresh_from_db()
    assert offered.state == State.CONFIRMED
    assert "Booth A12 is yours." in see(client, done.leads_to).text


def test_declining_lets_the_booth_go_with_a_reason(member, offered):
    send(client_of(member), f"/company/offers/{offered.pk}/", {"answer": "decline", "reason": "Too small"})

    offered.refresh_from_db()
    assert offered.state == State.DECLINED
    assert offered.placements.get().state == "released"


def test_an_answer_must_be_chosen(member, offered):
    page = send(client_of(member), f"/company/offers/{offered.pk}/", {"reason": "Hm"}, status=422)

    offered.refresh_from_db()
    assert page.wrong == {"answer": "Choose one: accept or decline."}
    assert page.holds["reason"] == "Hm"
    assert offered.state == State.OFFERED


def test_an_offer_that_ended_says_so_and_nothing_changes(member, offered):
    Application.objects.filter(pk=offered.pk).update(offer_ends_at=timezone.now() - timedelta(minutes=1))

    send(client_of(member), f"/company/offers/{offered.pk}/", {"answer": "confirm"}, status=409)

    offered.refresh_from_db()
    assert offered.state == State.OFFERED


def test_what_was_answered_has_no_offer_any_more(member, company):
    application = ApplicationFactory(company=company, state=State.CONFIRMED)

    response = client_of(member).get(f"/company/offers/{application.pk}/")

    assert response.headers["Location"] == at(application)
