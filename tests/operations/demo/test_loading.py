"""The demo world, table by table."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F, Max, Q

from accounts.models import Change, Membership, User
from exhibitors.models import Application, Company, CompanyMember, ConflictOfInterest, Placement, Product, Review
from fairs.models import Booth, Call, Fair, Question
from fairs.plancheck import FaultCode
from fairs.planning import check
from operations.demo.loading import Loaded, load
from operations.demo.world import HOME, Days, monday_of, rows
from operations.demo_accounts import ACCOUNTS, PASSWORD
from scheduling import programming
from scheduling.models import Entry, Listing, Release, Session
from tests.operations.demo.conftest import MIDNIGHT, MONDAY

pytestmark = pytest.mark.django_db


def load_quietly(size="full", *, anchor: date | None = None, now: datetime = MIDNIGHT) -> Loaded:
    """Load without saying anything."""
    return load(size, anchor=anchor, now=now, say=lambda step: None)


def count(name: str, column: str) -> Counter[str]:
    """How often each value stands in the column of a file."""
    return Counter(row[column] for row in rows(name))


def states_of(model) -> Counter[str]:
    """How many rows there are in each state."""
    return Counter(model.objects.values_list("state", flat=True))


def test_everything_of_the_files_is_there(world):
    assert world == Loaded(anchor=MONDAY, fairs=24, applications=457, changes=Change.objects.count())
    assert [m.objects.count() for m in (User, Company, Product, Booth, Session)] == [293, 120, 1080, 464, 195]
    assert states_of(Fair) == count("fairs", "state")
    assert states_of(Application) == count("applications", "state")
    assert states_of(Review) == count("reviews", "state")
    assert states_of(Session) == count("sessions", "state")
    assert Release.objects.count() == 13


def test_a_placement_is_held_unless_the_file_has_it_released(world):
    booths = {
        is_held: sum(
            len(row["booth_numbers"].split(";"))
            for row in rows("applications")
            if row["booth_numbers"] and (row["placement_state"] != "released") is is_held
        )
        for is_held in (True, False)
    }

    assert states_of(Placement) == {"held": booths[True], "released": booths[False]}
    assert not Placement.objects.held().exclude(application__state__in=["offered", "confirmed", "attended", "no_show"])


def test_the_database_lets_every_state_pass(world):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    assert Change.objects.filter(handled=False).count() == 0


@pytest.mark.parametrize("model", [Fair, Application, Review, Placement, Session])
def test_the_journal_of_each_thing_has_no_gap_and_ends_in_its_state(world, model):
    first = model._meta.get_field("state").default
    chains: dict[object, list[tuple[str, str]]] = {}
    moves = Change.objects.filter(about_label=model._meta.label_lower).exclude(after="").order_by("id")
    for about, before, after in moves.values_list("about_id", "before", "after"):
        if before:
            chains.setdefault(about, []).append((before, after))

    for pk, state in model.objects.values_list("pk", "state"):
        chain = chains.get(pk, [])
        assert [before for before, _ in chain] == [first, *(after for _, after in chain)][: len(chain)]
        assert state == (chain[-1][1] if chain else first)


def test_the_journal_is_in_the_order_of_time_and_nothing_in_it_lies_ahead(world):
    instants = list(Change.objects.order_by("id").values_list("at", flat=True))

    assert instants == sorted(instants)
    assert instants[-1] <= MIDNIGHT
    assert Application.objects.aggregate(last=Max("submitted_at"))["last"] <= MIDNIGHT
    assert not Application.objects.filter(submitted_at__lt=F("call__opens_at"))
    assert not Application.objects.filter(submitted_at__gt=F("call__closes_at"))


@pytest.mark.parametrize("day", range(7))
def test_on_each_day_of_the_week_fairs_run_calls_are_open_and_offers_live(world, day):
    noon = MIDNIGHT + timedelta(days=day, hours=11, minutes=30)
    fairs = Fair.objects.select_related("venue", "call")

    assert {fair.slug for fair in fairs if fair.is_running(noon)} == {"otop-national-12", "pingtung-kitchen"}
    assert {fair.slug for fair in fairs if fair.call.is_open(noon)} == {
        "otop-buyers-week",
        "old-capital-gifts",
        "fresh-week",
        "cacao-and-coffee-south",
    }
    assert not Application.objects.filter(state="offered", offer_ends_at__lte=noon)
    assert not Application.objects.filter(state="returned", return_by__lte=noon)


def test_a_second_run_changes_nothing(world):
    before = [m.objects.count() for m in (User, Company, Product, Fair, Application, Change, Listing)]

    again = load_quietly(anchor=MONDAY + timedelta(days=70))

    assert (again.fairs, again.applications, again.changes) == (0, 0, 0)
    assert load_quietly().anchor == MONDAY
    assert [m.objects.count() for m in (User, Company, Product, Fair, Application, Change, Listing)] == before


def test_only_the_accounts_of_the_readme_can_sign_in(world):
    able = {user.email for user in User.objects.all() if user.has_usable_password()}

    assert able == {account.email for account in ACCOUNTS}
    assert User.objects.get(email="coordinator@example.org").check_password(PASSWORD)


def test_the_accounts_of_the_readme_have_their_roles(world):
    def role(email: str) -> list[str]:
        return list(Membership.objects.filter(user__email=email).values_list("organizer__slug", "role"))

    assert role("coordinator@example.org") == [("smea", "coordinator")]
    assert role("county@example.org") == [("nantou", "coordinator")]
    assert role("staff@example.org") == [("smea", "staff")]
    assert Membership.objects.get(user__email="expert@example.org").discipline == "design"
    assert User.objects.get(email="admin@example.org").is_superuser
    owner = CompanyMember.objects.get(user__email="company@example.com")
    assert (owner.company.ubn, owner.role) == ("00878525", "owner")


def test_every_company_has_one_owner(world):
    owners = Counter(CompanyMember.objects.filter(role="owner").values_list("company", flat=True))

    assert set(owners.values()) == {1}
    assert len(owners) == 120


def test_published_programmes_have_no_conflicts_and_nothing_is_left_to_publish(world):
    released = Fair.objects.filter(releases__isnull=False).distinct()

    assert {fair.slug: sum(programming.diff(fair).counts.values()) for fair in released} == {
        fair.slug: 0 for fair in released
    }
    assert [fair.slug for fair in Fair.objects.all() if programming.conflicts(fair)] == []
    assert programming.diff(Fair.objects.get(slug="otop-buyers-week")).counts["added"] == 8


def test_calendars_show_what_is_public(world):
    fairs = set(Entry.objects.filter(kind="fair").values_list("about_id", flat=True))
    sessions = Entry.objects.filter(kind="session", fair__slug="grain-taiwan")
    moved = Listing.objects.exclude(was_at=None).values("pk")

    assert fairs == set(Fair.objects.public().values_list("pk", flat=True))
    assert Counter(sessions.values_list("status", flat=True)) == {"confirmed": 22, "cancelled": 2}
    assert Entry.objects.get(kind="fair", fair__slug="fishing-village-market").status == "cancelled"
    assert set(sessions.filter(Q(status="cancelled") | Q(about_id__in=moved)).values_list("sequence", flat=True)) == {1}
    assert not Entry.objects.exclude(fault="")


def test_no_expert_judges_a_company_that_was_advised(world):
    advised = {
        (row["email"], company) for row in rows("people") for company in row["advised_companies"].split(";") if company
    }

    assert ConflictOfInterest.objects.count() == len(advised) > 0
    assert not Review.objects.filter(expert__conflicts__company=F("application__company"))


def test_only_the_plan_of_the_draft_breaks_its_rule(world):
    faults = {fair.slug: {fault.code for fault in check(fair)} for fair in Fair.objects.all() if check(fair)}

    assert faults == {"selected-towns": {FaultCode.AISLE_TOO_NARROW}}


def test_calls_ask_what_the_files_say(world):
    call = Call.objects.get(fair__slug="otop-buyers-week")
    number = Question.objects.get(call=call, key="monthly_capacity")

    assert (call.max_booths, call.fee_per_booth, call.power_included) == (4, 9000, 1100)
    assert (str(call.first_time_discount), call.outlying_island_min, call.decisions_released_at) == ("0.500", 1, None)
    assert list(call.questions.values_list("key", flat=True)) == [
        "why",
        "new_product",
        "activity",
        "languages",
        "monthly_capacity",
        "export_ready",
    ]
    assert (number.minimum, number.maximum, number.is_required) == (0, 1_000_000, False)
    assert sum(call.criteria.values_list("weight", flat=True)) == 100
    assert call.next_number == 1 + call.applications.count()


def test_what_the_public_reads_is_the_last_release(world):
    row = next(row for row in rows("sessions") if row["session_id"] == "S130")
    moved = Listing.objects.get(fair__slug="grain-taiwan", session__title_zh=row["title_zh"])
    first, second = Release.objects.filter(fair__slug="grain-taiwan").order_by("number")
    then = {one["session"]: one for one in first.programme}[str(moved.pk)]

    assert moved.starts_at.astimezone(HOME).strftime("%H:%M") == row["start"]
    assert moved.was_at.astimezone(HOME).strftime("%H:%M") == row["previous_start"]
    assert datetime.fromisoformat(then["starts_at"]) == moved.was_at
    assert Listing.objects.filter(fair__slug="grain-taiwan", is_cancelled=True).count() == 2
    assert [sum(one["is_cancelled"] for one in release.programme) for release in (first, second)] == [0, 2]
    assert not Listing.objects.filter(session__state="draft")


def test_days_count_from_a_monday_and_what_has_happened_never_lies_ahead():
    days = Days(anchor=date(2026, 6, 29), now=datetime(2026, 6, 29, 12, tzinfo=HOME))

    assert monday_of(date(2026, 7, 5)) == date(2026, 6, 29)
    assert days.on("-1") == date(2026, 6, 28)
    assert days.at("0", "17:00") == datetime(2026, 6, 29, 17, tzinfo=HOME)
    assert days.past("0", "17:00") == datetime(2026, 6, 29, 12, tzinfo=HOME)
    assert days.past("-1", "17:00") == datetime(2026, 6, 28, 17, tzinfo=HOME)
