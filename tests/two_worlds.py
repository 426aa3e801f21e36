"""Two organizers and two companies that bear equal names and know nothing of each other, and a person of every role.

What is theirs looks just as ours does, so a door that only looks at names or kinds lets a stranger in and is found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import api_tokens, journal, memberships
from accounts.models import Change, User
from exhibitors import joining
from exhibitors.models import Application, Company, CompanyMember
from fairs.models import Fair
from scheduling import subscribing
from scheduling.models import Listing, Release
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CategoryFactory,
    CircuitFactory,
    CompanyFactory,
    CompanyMemberFactory,
    CriterionFactory,
    FairFactory,
    HallFactory,
    InvitationFactory,
    OrganizerFactory,
    PlacementFactory,
    ProductFactory,
    QuestionFactory,
    ReviewFactory,
    SessionFactory,
    StageFactory,
    TownFactory,
    UserFactory,
    VenueFactory,
    ZoneFactory,
    coordinator_of,
    expert_of,
    member_of,
    staff_of,
)
from worker.models import Message

UBNS = ("10000004", "10000010")


@dataclass
class Side:
    """One organizer with its fairs, one company with its affairs, and their people. `things` by name."""

    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)


@dataclass
class Worlds:
    """Ours, theirs, and those who belong to neither."""

    ours: Side
    theirs: Side
    buyer: User
    administrator: User
    changes: int  # lines in the journal

    def people(self) -> dict[str, User | None]:
        """Everybody by the name of their column in the permission table, in its order."""
        return {
            "public": None,
            "buyer": self.buyer,
            "member": self.ours.people["member"],
            "member of another": self.theirs.people["member"],
            "expert": self.ours.people["expert"],
            "expert of another": self.theirs.people["expert"],
            "staff": self.ours.people["staff"],
            "staff of another": self.theirs.people["staff"],
            "coordinator": self.ours.people["coordinator"],
            "coordinator of another": self.theirs.people["coordinator"],
            "administrator": self.administrator,
        }


def build() -> Worlds:
    """Both, from the same plan. Call it inside a transaction."""
    with journal.quietly():
        ours, theirs = (_side(number) for number in range(2))
        return Worlds(
            ours=ours,
            theirs=theirs,
            buyer=UserFactory(email="buyer@example.net"),
            administrator=UserFactory(email="admin@example.org", is_staff=True, is_superuser=True),
            changes=Change.objects.count(),
        )


def _side(number: int) -> Side:
    side = Side()
    things = side.things
    organizer = OrganizerFactory(slug=f"organizer-{number}", name_zh="南投縣政府", name_en="Nantou County")
    town = TownFactory(code=f"1000807{number}")
    category, venue = CategoryFactory(), VenueFactory(code=f"ZX{number}", name_zh="中興新村", town=town)
    things |= {"organizer": organizer, "category": category, "venue": venue, "town": town, "county": town.county}
    words = {"organizer": organizer, "venue": venue, "name_zh": "山城茶市集", "name_en": "Hill Tea Market"}
    things["fair"] = FairFactory(slug=f"fair-{number}", description_zh="喝茶。", **words)
    things["draft_fair"] = FairFactory(slug=f"draft-{number}", state=Fair.State.DRAFT, **words)
    things["second_fair"] = FairFactory(slug=f"second-{number}", **words)
    things["uncalled_fair"] = FairFactory(slug=f"uncalled-{number}", **words)
    things["past_fair"] = FairFactory(
        slug=f"past-{number}", starts_on=timezone.now().date() - timedelta(days=9), **words
    )
    company = CompanyFactory(slug=f"company-{number}", ubn=UBNS[number], name_zh="好茶工坊", name_en="Good Tea")
    things["company"] = company
    side.people = {
        "coordinator": coordinator_of(organizer),
        "staff": staff_of(organizer),
        "expert": expert_of(organizer),
        "member": member_of(company),
    }
    things["second_expert"] = expert_of(organizer)
    _plan(side)
    _applications(side)
    _programme(side)
    _letters(side)
    return side


def _plan(side: Side) -> None:
    things = side.things
    fair = things["fair"]
    things["hall"] = HallFactory(fair=fair, key="A")
    things["draft_hall"] = HallFactory(fair=things["draft_fair"], key="A")
    things["zone"] = ZoneFactory(fair=fair, letter="T")
    things["draft_zone"] = ZoneFactory(fair=things["draft_fair"], letter="T")
    things["circuit"] = CircuitFactory(hall=things["hall"], name="C1")
    for place, name in enumerate(["booth", "offered_booth", "confirmed_booth"]):
        things[name] = BoothFactory(hall=things["hall"], number=f"A0{place}", x=6 * place, y=3, zone=things["zone"])
    things["draft_booth"] = BoothFactory(hall=things["draft_hall"], number="A00", x=0, y=3)
    things["call"] = CallFactory(fair=fair)
    things["second_call"] = CallFactory(fair=things["second_fair"])
    things["draft_call"] = CallFactory(fair=things["draft_fair"])
    things["question"] = QuestionFactory(call=things["call"], key="why")
    CriterionFactory(call=things["call"], key="taste", discipline="design", weight=100)


def _applications(side: Side) -> None:
    things, member = side.things, side.people["member"]
    call = things["call"]
    things["product"] = ProductFactory(company=things["company"], slug=f"{things['company'].slug}-tea", name_zh="烏龍")
    things["application"] = ApplicationFactory(call=call, company=things["company"])
    for state in ("draft", "accepted", "offered", "confirmed"):
        slug = f"{things['company'].slug}-{state}"
        another: Company = CompanyFactory(slug=slug, name_zh=f"好茶工坊 {state}", town=things["town"])
        CompanyMemberFactory(company=another, user=member)
        things[f"{state}_application"] = ApplicationFactory(call=call, company=another, state=state)
    for state in ("offered", "confirmed"):
        application: Application = things[f"{state}_application"]
        things[f"{state}_placement"] = PlacementFactory(application=application, booth=things[f"{state}_booth"])
    things["review"] = ReviewFactory(application=things["application"], expert=side.people["expert"])
    things["member_row"] = CompanyMember.objects.get(company=things["company"], user=member)
    things["company_invite"] = joining.invite(things["company"], "colleague@example.com", by=member)


def _programme(side: Side) -> None:
    things = side.things
    fair = things["fair"]
    things["stage"] = StageFactory(fair=fair, slug="main")
    things["draft_stage"] = StageFactory(fair=things["draft_fair"], slug="main")
    things["session"] = SessionFactory(stage=things["stage"], title_zh="茶席")
    released = SessionFactory(
        stage=things["stage"],
        state="released",
        starts_at=fair.begins_at + timedelta(hours=2),
        ends_at=fair.begins_at + timedelta(hours=3),
    )
    things["released_session"] = released
    things["listing"] = Listing.objects.create(
        session=released,
        fair=fair,
        stage=released.stage,
        kind=released.kind,
        title_zh=released.title_zh,
        starts_at=released.starts_at,
        ends_at=released.ends_at,
        changed_at=timezone.now(),
    )
    things["release"] = Release.objects.create(fair=fair, number=1, published_at=timezone.now())
    things["invitation"] = InvitationFactory(fair=fair, email="guest@example.net")
    member = side.people["member"]
    things["own_invitation"] = InvitationFactory(fair=fair, email=member.email, user=member)


def _letters(side: Side) -> None:
    things, people = side.things, side.people
    fair, coordinator, member = things["fair"], people["coordinator"], people["member"]
    things["change"] = Change.objects.about(fair).get()
    things["api_token"], _raw = api_tokens.create(coordinator, name="報表")
    things["feed_token"], things["feed_text"] = subscribing.create_token(member, company=things["company"])
    things["membership_invite"] = memberships.invite(
        things["organizer"], "new@example.org", role="staff", by=coordinator
    )
    things["message"] = Message.objects.create(
        kind="fair-invitation",
        cause=f"change:{things['change'].pk}",
        recipient="guest@example.net",
        fair=fair,
        organizer=things["organizer"],
        message_id=f"<{fair.slug}@example.org>",
        give_up_at=timezone.now() + timedelta(days=3),
    )
