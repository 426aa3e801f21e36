"""The API of applications and placements: the way from draft to fair, and what each reader is shown."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from exhibitors import placing
from exhibitors.models import Application, Placement
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
    staff_of,
)

pytestmark = pytest.mark.django_db
JSON = "application/json"
HOME = "/api/v1/applications/"


def of(user):
    client = Client()
    client.force_login(user)
    return client


def post(client, application, move, body=None, **headers):
    return client.post(f"{HOME}{application.pk}/{move}/", body or {}, JSON, **headers)


def next_week():
    return (timezone.now() + timedelta(days=7)).isoformat()


def code_of(response):
    return (response.status_code, response.json()["code"])


def test_the_whole_way_from_a_draft_to_the_fair():
    call, company = CallFactory(), CompanyFactory()
    QuestionFactory(call=call, key="why")
    booth = BoothFactory(hall=HallFactory(fair=call.fair), number="A01")
    product = ProductFactory(company=company)
    maker, desk, staff = of(member_of(company)), of(coordinator_of(call)), of(staff_of(call))

    made = maker.post(HOME, {"call": call.pk, "company": company.pk, "power": 1100}, JSON)
    application = Application.objects.get()
    address = f"{HOME}{application.pk}/"
    assert (made.status_code, made["Location"].endswith(address), made["ETag"]) == (201, True, '"2"')
    gaps = post(maker, application, "submit")
    assert (gaps.status_code, gaps.json()["code"]) == (422, "incomplete")
    assert [gap["field"] for gap in gaps.json()["gaps"]] == ["answers.why"]
    saved = maker.patch(
        address, {"answers": {"why": "好茶"}, "products": [product.pk]}, JSON, headers={"If-Match": made["ETag"]}
    )
    assert (saved.status_code, saved.json()["answers"], saved.json()["products"]) == (
        200,
        {"why": "好茶"},
        [str(product.pk)],
    )
    assert desk.get(address).status_code == 404

    assert post(maker, application, "submit").json()["state"] == "submitted"
    returned = post(desk, application, "return", {"fields": ["why"], "reason": "請補充", "return_by": next_week()})
    assert (returned.json()["state"], returned.json()["returned_fields"]) == ("returned", ["why"])
    later = next_week()
    extended = post(desk, application, "extend", {"return_by": later})
    assert parse_datetime(extended.json()["return_by"]) == parse_datetime(later)
    maker.patch(address, {"answers": {"why": "非常好的茶"}}, JSON)
    assert post(maker, application, "submit").json()["state"] == "submitted"

    staged = post(desk, application, "stage", {"decision": "accept", "reason": "好"})
    assert staged.json()["desk"] == {"total_score": None, "staged_decision": "accept", "staged_reason": "好"}
    assert post(desk, application, "unstage").json()["desk"]["staged_decision"] == ""
    undecided = desk.post(f"/api/v1/calls/{call.pk}/release-decisions/")
    assert code_of(undecided) == (409, "undecided")
    post(desk, application, "stage", {"decision": "accept", "reason": "好"})
    released = desk.post(f"/api/v1/calls/{call.pk}/release-decisions/")
    assert (released.status_code, released.json()) == (200, {"accepted": 1, "waitlisted": 0, "rejected": 0})
    assert maker.get(address).json()["decision_reason"] == "好"

    offered = post(desk, application, "offer", {"booths": [booth.pk], "answer_by": next_week()})
    assert (offered.status_code, offered.json()["state"], offered.json()["fee"]) == (200, "offered", 6000)
    assert [placement["number"] for placement in offered.json()["placements"]] == ["A01"]
    assert post(maker, application, "confirm").json()["state"] == "confirmed"
    assert post(staff, application, "attend").json()["state"] == "attended"
    assert code_of(post(maker, application, "withdraw")) == (409, "invalid-transition")


def test_a_refused_move_names_those_that_are_allowed():
    application = ApplicationFactory(state="rejected")

    refused = post(of(member_of(application)), application, "withdraw")

    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json() == {
        "type": "about:blank",
        "title": "invalid-transition",
        "status": 409,
        "code": "invalid-transition",
        "detail": refused.json()["detail"],
        "before": "rejected",
        "after": "withdrawn",
        "allowed": [],
    }


@pytest.mark.parametrize(
    ("state", "move", "body", "becomes"),
    [
        ("submitted", "withdraw", {"reason": "人手不足"}, "withdrawn"),
        ("withdrawn", "reopen", {}, "draft"),
        ("offered", "decline", {"reason": "太遠"}, "declined"),
        ("offered", "decline", {}, "declined"),
    ],
)
def test_moves_of_a_company(state, move, body, becomes):
    application = ApplicationFactory(state=state)

    moved = post(of(member_of(application)), application, move, body)

    assert (moved.status_code, moved.json()["state"]) == (200, becomes)


@pytest.mark.parametrize(
    ("state", "move", "body", "becomes"),
    [
        ("returned", "take-back", {}, "submitted"),
        ("confirmed", "cancel", {"reason": "檢驗"}, "cancelled"),
        ("confirmed", "attend", {}, "attended"),
        ("confirmed", "miss", {}, "no_show"),
    ],
)
def test_moves_of_a_coordinator(state, move, body, becomes):
    application = ApplicationFactory(state=state)

    moved = post(of(coordinator_of(application)), application, move, body)

    assert (moved.status_code, moved.json()["state"]) == (200, becomes)


def test_a_coordinator_moves_a_company_to_another_booth_and_lets_go_of_it():
    placement = PlacementFactory(application__state="confirmed")
    desk, application = of(coordinator_of(placement)), placement.application
    other = BoothFactory(hall=placement.booth.hall, x=90, y=90)

    moved = post(desk, application, "move", {"booths": [other.pk]})
    there = Placement.objects.held().get()
    released = desk.post(f"/api/v1/placements/{there.pk}/release/", {"reason": "柱子"}, JSON)

    assert [one["booth"] for one in moved.json()["placements"]] == [str(other.pk)]
    assert (released.status_code, released.json()["state"]) == (200, "released")
    assert desk.get(f"{HOME}{application.pk}/").json()["placements"] == []


COMPANYS = ["submit", "withdraw", "reopen", "confirm", "decline"]
DESKS = ["return", "extend", "take-back", "stage", "unstage", "offer", "move", "cancel"]


def test_nobody_acts_in_a_companys_name():
    application = ApplicationFactory(state="confirmed")

    desk = of(coordinator_of(application))

    refused = {move: code_of(post(desk, application, move)) for move in COMPANYS}

    assert refused == dict.fromkeys(COMPANYS, (403, "not-allowed"))


def test_a_company_does_not_decide_on_itself():
    application = ApplicationFactory(state="confirmed")

    maker, moves = of(member_of(application)), [*DESKS, "attend", "miss"]

    refused = {move: code_of(post(maker, application, move)) for move in moves}

    assert refused == dict.fromkeys(moves, (403, "not-allowed"))


def test_staff_check_in_and_nothing_else():
    application = ApplicationFactory(state="confirmed")

    staff, moves = of(staff_of(application)), [*COMPANYS, *DESKS]

    refused = {move: code_of(post(staff, application, move)) for move in moves}

    assert refused == dict.fromkeys(moves, (403, "not-allowed"))


def test_staff_see_who_is_expected_and_where_but_not_what_was_written():
    placement = PlacementFactory(
        application__state="confirmed", application__answers={"why": "secret"}, application__fee=6000
    )
    application = placement.application
    ApplicationFactory(call=application.call, state="accepted")
    staff = of(staff_of(application))

    listed = staff.get(HOME).json()["results"]

    assert [one["id"] for one in listed] == [str(application.pk)]
    (shown,) = listed
    assert (shown["label"], shown["state"], shown["placements"][0]["number"]) == (
        application.label,
        "confirmed",
        placement.booth.number,
    )
    assert (shown["answers"], shown["fee"], shown["desk"], shown["contact_email"], shown["products"]) == (
        {},
        None,
        None,
        None,
        [],
    )
    assert "secret" not in staff.get(f"{HOME}{application.pk}/").content.decode()


def test_a_company_never_reads_what_is_decided_in_private():
    application = ApplicationFactory(
        total_score=Decimal("61.37"), staged_decision="reject", decision_reason="hidden words"
    )
    ApplicationFactory(call=application.call, staged_decision="accept")
    maker = of(member_of(application))

    before = maker.get(f"{HOME}{application.pk}/")
    listed = maker.get(HOME)

    for answer in (before, listed):
        text = answer.content.decode()
        assert "hidden words" not in text
        assert "reject" not in text
        assert "61.37" not in text
    assert (before.json()["desk"], before.json()["decision_reason"]) == (None, "")
    post(of(coordinator_of(application)), application, "stage", {"decision": "accept"})
    after = maker.get(f"{HOME}{application.pk}/")
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])


@pytest.mark.parametrize("name", ["staged_decision", "total_score", "desk", "decision_reason", "ordering"])
def test_lists_cannot_be_filtered_or_ordered_by_what_is_private(name):
    application = ApplicationFactory(staged_decision="accept", total_score=50)
    maker = of(member_of(application))

    assert maker.get(HOME, {name: "nothing like it"}).json() == maker.get(HOME).json()


def test_lists_are_filtered_by_state_call_fair_and_company():
    call = CallFactory()
    one, two = ApplicationFactory(call=call), ApplicationFactory(call=call, state="accepted")
    desk = of(coordinator_of(call))

    def found(**filters):
        return {shown["id"] for shown in desk.get(HOME, filters).json()["results"]}

    assert found(state="accepted") == {str(two.pk)}
    assert found(company=one.company_id) == {str(one.pk)}
    assert found(call=call.pk) == found(fair=call.fair_id) == {str(one.pk), str(two.pk)}
    assert found(fair=CallFactory().fair_id) == set()
    assert desk.get(HOME, {"state": "gone"}).status_code == 400


def test_a_change_of_what_a_colleague_changed_meanwhile_is_refused():
    application = ApplicationFactory(state="draft")
    maker = of(member_of(application))
    address = f"{HOME}{application.pk}/"
    tag = maker.get(address)["ETag"]
    maker.patch(address, {"power": 500}, JSON, headers={"If-Match": tag})

    refused = maker.patch(address, {"power": 900}, JSON, headers={"If-Match": tag})
    moved = post(maker, application, "submit", headers={"If-Match": tag})

    assert (refused.status_code, moved.status_code) == (412, 412)
    application.refresh_from_db()
    assert (application.power, application.state) == (500, "draft")


def test_a_repeated_post_with_the_same_key_has_one_effect():
    application = ApplicationFactory(state="offered")
    maker = of(member_of(application))
    key = {"Idempotency-Key": "decline-1"}

    first = post(maker, application, "decline", headers=key)
    again = post(maker, application, "decline", headers=key)

    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())


# --- relations of a body


def test_a_foreign_target_in_a_body_is_as_unknown_as_one_that_never_was():
    application = ApplicationFactory(state="draft")
    maker = of(member_of(application))
    theirs = ProductFactory()

    foreign_product = maker.patch(f"{HOME}{application.pk}/", {"products": [theirs.pk]}, JSON)
    foreign_company = maker.post(HOME, {"call": CallFactory().pk, "company": CompanyFactory().pk}, JSON)
    hidden_call = maker.post(
        HOME, {"call": CallFactory(fair__state="draft").pk, "company": application.company_id}, JSON
    )

    assert foreign_product.json()["errors"].keys() == {"products"}
    assert foreign_company.json()["errors"].keys() == {"company"}
    assert hidden_call.json()["errors"].keys() == {"call"}
    assert {one.status_code for one in (foreign_product, foreign_company, hidden_call)} == {400}
    assert Application.objects.count() == 1


@pytest.mark.parametrize("move", ["offer", "move"])
def test_a_booth_of_another_fair_is_unknown(move):
    application = ApplicationFactory(state="accepted" if move == "offer" else "offered")

    refused = post(of(coordinator_of(application)), application, move, {"booths": [BoothFactory().pk]})

    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["booths"])
    assert not Placement.objects.exists()


TEMPTING = {
    "state": "confirmed",
    "status": "accepted",
    "company": "00000000-0000-0000-0000-000000000000",
    "version": 99,
    "score": 100,
    "total_score": 100,
    "fee": 0,
    "id": "00000000-0000-0000-0000-000000000000",
    "created_at": "2000-01-01T00:00:00Z",
    "number": 1,
    "placement": "A01",
    "placements": [],
    "decision": "accept",
    "staged_decision": "accept",
    "submitted_at": "2000-01-01T00:00:00Z",
    "offer_ends_at": "2099-01-01T00:00:00Z",
    "desk": {"staged_decision": "accept"},
}


def test_what_is_not_a_companys_to_say_is_ignored_in_every_write():
    application = ApplicationFactory(state="draft")
    maker = of(member_of(application))
    address = f"{HOME}{application.pk}/"
    row = Application.objects.filter(pk=application.pk).values()
    before = row.get()

    patched = maker.patch(address, TEMPTING, JSON)
    withdrawn = post(maker, application, "withdraw", TEMPTING)

    assert (patched.status_code, withdrawn.status_code) == (200, 409)
    assert row.get() == before
    post(maker, application, "submit", TEMPTING)
    changed = {name for name, value in row.get().items() if value != before[name]}
    assert changed == {"state", "submitted_at", "version"}


def test_a_new_draft_takes_nothing_but_what_a_company_says():
    company, call = CompanyFactory(), CallFactory()
    body = {**TEMPTING, "company": company.pk, "call": call.pk}

    made = of(member_of(company)).post(HOME, body, JSON)

    application = Application.objects.get()
    assert made.status_code == 201
    assert (application.state, application.total_score, application.fee, application.staged_decision) == (
        "draft",
        None,
        None,
        "",
    )


# --- who sees what


def test_nobody_without_an_account_reads_applications():
    application = ApplicationFactory()

    assert Client().get(HOME).status_code == 401
    assert Client().get(f"{HOME}{application.pk}/").status_code == 401
    assert Client().post(f"{HOME}{application.pk}/submit/").status_code == 401


def test_a_foreign_application_is_as_unknown_as_one_that_never_was():
    application = ApplicationFactory(state="confirmed")
    rival, other_desk = of(member_of(ApplicationFactory())), of(coordinator_of(ApplicationFactory()))
    never = "01900000-0000-7000-8000-000000000000"

    for path in ("", *(f"{move}/" for move in (*COMPANYS, *DESKS, "attend", "miss"))):
        for client in (rival, other_desk):
            for method in (client.post, client.patch, client.delete, client.get):
                theirs = method(f"{HOME}{application.pk}/{path}", content_type=JSON)
                nobodys = method(f"{HOME}{never}/{path}", content_type=JSON)
                assert (theirs.status_code, theirs.content) == (nobodys.status_code, nobodys.content), path
                assert theirs.status_code in (404, 405)
    application.refresh_from_db()
    assert (application.state, application.version) == ("confirmed", 1)


def test_confirmed_placements_are_public_and_no_others():
    confirmed = PlacementFactory(application__state="confirmed")
    offered = PlacementFactory(application__state="offered")
    PlacementFactory(application__state="confirmed", application__call__fair__state="draft")
    gone = PlacementFactory(application__state="confirmed")
    placing.release(gone, reason="", by=None)
    home = "/api/v1/placements/"

    public = Client().get(home).json()["results"]
    own = of(member_of(offered.application)).get(home).json()["results"]

    assert [(one["id"], one["booth_number"], one["application"]) for one in public] == [
        (str(confirmed.pk), confirmed.booth.number, None)
    ]
    assert {one["id"]: one["application"] for one in own} == {
        str(confirmed.pk): None,
        str(offered.pk): str(offered.application_id),
    }
    assert Client().get(f"{home}{offered.pk}/").status_code == 404


def test_a_rival_cannot_let_go_of_a_booth_and_its_own_company_may_not():
    placement = PlacementFactory(application__state="confirmed")
    address = f"/api/v1/placements/{placement.pk}/release/"

    rival = of(member_of(CompanyFactory())).post(address)
    own = of(member_of(placement.application)).post(address)

    assert (rival.status_code, own.status_code) == (404, 403)
    placement.refresh_from_db()
    assert placement.state == "held"


def test_only_own_coordinators_release_decisions():
    application = ApplicationFactory(staged_decision="accept")
    address = f"/api/v1/calls/{application.call_id}/release-decisions/"

    refused = [of(user).post(address).status_code for user in (member_of(application), staff_of(application))]
    foreign = of(coordinator_of(CallFactory())).post(address).status_code
    hidden = of(coordinator_of(CallFactory())).post(
        f"/api/v1/calls/{CallFactory(fair__state='draft').pk}/release-decisions/"
    )

    assert (refused, foreign, hidden.status_code) == ([403, 403], 403, 404)
    application.refresh_from_db()
    assert application.state == "submitted"


@pytest.mark.parametrize(("home", "most"), [(HOME, 7), ("/api/v1/placements/", 4)])
def test_lists_cost_as_many_queries_for_one_as_for_thirty(home, most, django_assert_max_num_queries):
    small, big = CallFactory(), CallFactory()
    for call, count in ((small, 1), (big, 30)):
        hall = HallFactory(fair=call.fair)
        for n in range(count):
            application = ApplicationFactory(call=call, state="confirmed")
            application.products.add(ProductFactory(company=application.company))
            PlacementFactory(
                application=application, booth=BoothFactory(hall=hall, number=f"Q{n}", x=6 * (n % 5), y=6 * (n // 5))
            )
    for call, count in ((small, 1), (big, 30)):
        desk = of(coordinator_of(call))
        with django_assert_max_num_queries(most):
            assert len(desk.get(home, {"fair": call.fair_id}).json()["results"]) == count
