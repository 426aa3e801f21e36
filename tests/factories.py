"""The smallest valid thing of each kind; a test names every value that it asserts on.

States are reached as a loaded world reaches them: with a line in the journal that nobody reacts to.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import factory
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts import journal
from accounts.models import Membership, Organizer, User
from exhibitors.models import Application, Company, CompanyMember, Placement, Product, Review
from fairs.models import Booth, Call, Category, Circuit, County, Criterion, Fair, Hall, Question, Town, Venue, Zone
from scheduling.models import Invitation, Session, Stage
from worker.models import Message

if TYPE_CHECKING:
    from django.db import models

PASSWORD = "correct horse battery staple"


@cache
def _hashed_password() -> str:
    """Hashed once: it is slow on purpose, and nothing depends on each person having a salt."""
    return make_password(PASSWORD)


class Stateful(DjangoModelFactory):
    """Records how the row came to its state, for the database refuses a state without a change."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[models.Model], *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic(), journal.quietly():
            row = super()._create(model_class, *args, **kwargs)
            row.refresh_from_db()
            if row.state != model_class._meta.get_field("state").default:
                journal.record(f"{row._meta.model_name}.{row.state}", row, by=None, after=row.state)
        return row


class Plain(DjangoModelFactory):
    """A row without states."""

    class Meta:
        abstract = True


class UserFactory(Plain):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name_zh = factory.Sequence(lambda n: f"人員{n}")
    name_en = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(_hashed_password)


class OrganizerFactory(Plain):
    class Meta:
        model = Organizer

    slug = factory.Sequence(lambda n: f"organizer-{n}")
    name_zh = factory.Sequence(lambda n: f"主辦機關{n}")
    name_en = factory.Sequence(lambda n: f"Organizer {n}")
    email = factory.Sequence(lambda n: f"organizer{n}@example.org")


class MembershipFactory(Plain):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organizer = factory.SubFactory(OrganizerFactory)
    role = Membership.Role.COORDINATOR


class CountyFactory(Plain):
    class Meta:
        model = County
        django_get_or_create = ("code",)

    code = "10008"
    name_zh = "南投縣"
    name_en = "Nantou County"


class TownFactory(Plain):
    class Meta:
        model = Town
        django_get_or_create = ("code",)

    code = "10008070"
    county = factory.SubFactory(CountyFactory)
    name_zh = "鹿谷鄉"
    name_en = "Lugu Township"
    postal_code = "558"


class CategoryFactory(Plain):
    class Meta:
        model = Category
        django_get_or_create = ("code",)

    code = "tea"
    name_zh = "茶葉"
    name_en = "Tea"


class VenueFactory(Plain):
    class Meta:
        model = Venue

    code = factory.Sequence(lambda n: f"VENUE{n}")
    name_zh = factory.Sequence(lambda n: f"展館{n}")
    name_en = factory.Sequence(lambda n: f"Hall {n}")
    town = factory.SubFactory(TownFactory)


class FairFactory(Stateful):
    """An announced fair of three days that begins in 60 days."""

    class Meta:
        model = Fair

    organizer = factory.SubFactory(OrganizerFactory)
    slug = factory.Sequence(lambda n: f"fair-{n}")
    name_zh = factory.Sequence(lambda n: f"好物展{n}")
    name_en = factory.Sequence(lambda n: f"Fair {n}")
    venue = factory.SubFactory(VenueFactory)
    starts_on = factory.LazyFunction(lambda: timezone.now().date() + timedelta(days=60))
    ends_on = factory.LazyAttribute(lambda fair: fair.starts_on + timedelta(days=2))
    opens = time(10)
    closes = time(18)
    state = Fair.State.ANNOUNCED


class CallFactory(Plain):
    """A call that is open now: since ten days, for twenty more."""

    class Meta:
        model = Call

    fair = factory.SubFactory(FairFactory)
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=10))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=20))
    fee_per_booth = 6000


class QuestionFactory(Plain):
    class Meta:
        model = Question

    call = factory.SubFactory(CallFactory)
    key = factory.Sequence(lambda n: f"question-{n}")
    kind = Question.Kind.TEXT
    is_required = True
    label_zh = "為什麼想參加？"
    label_en = "Why do you want to take part?"
    max_length = 400


class CriterionFactory(Plain):
    class Meta:
        model = Criterion

    call = factory.SubFactory(CallFactory)
    key = factory.Sequence(lambda n: f"criterion-{n}")
    discipline = Membership.Discipline.DESIGN
    weight = 100
    label_zh = "包裝與識別"
    label_en = "Packaging and identity"


class HallFactory(Plain):
    class Meta:
        model = Hall

    fair = factory.SubFactory(FairFactory)
    key = factory.Sequence(lambda n: f"H{n}")
    name_zh = "A 區"
    name_en = "Area A"
    width = 30
    depth = 30


class ZoneFactory(Plain):
    class Meta:
        model = Zone

    fair = factory.SubFactory(FairFactory)
    letter = factory.Sequence(lambda n: f"Z{n}")
    name_zh = "茶與飲品區"
    name_en = "Tea and Drinks"


class CircuitFactory(Plain):
    class Meta:
        model = Circuit

    hall = factory.SubFactory(HallFactory)
    name = factory.Sequence(lambda n: f"C{n}")
    supply = 6600


class BoothFactory(Plain):
    """A standard booth; each next one stands beside the last, with an aisle between."""

    class Meta:
        model = Booth

    hall = factory.SubFactory(HallFactory)
    fair = factory.SelfAttribute("hall.fair")
    number = factory.Sequence(lambda n: f"B{n:03d}")
    x = factory.Sequence(lambda n: (n % 4) * 6)
    y = factory.Sequence(lambda n: (n // 4 % 4) * 6)
    width = 3
    depth = 3
    power = 2200
    has_water = True
    allows_flame = True


class CompanyFactory(Plain):
    class Meta:
        model = Company

    slug = factory.Sequence(lambda n: f"company-{n}")
    name_zh = factory.Sequence(lambda n: f"好物工坊{n}")
    name_en = factory.Sequence(lambda n: f"Maker {n}")
    town = factory.SubFactory(TownFactory)
    category = factory.SubFactory(CategoryFactory)
    email = factory.LazyAttribute(lambda company: f"{company.slug}@example.com")


class CompanyMemberFactory(Plain):
    class Meta:
        model = CompanyMember

    company = factory.SubFactory(CompanyFactory)
    user = factory.SubFactory(UserFactory)
    role = CompanyMember.Role.OWNER


class ProductFactory(Plain):
    class Meta:
        model = Product

    company = factory.SubFactory(CompanyFactory)
    slug = factory.Sequence(lambda n: f"product-{n}")
    name_zh = factory.Sequence(lambda n: f"凍頂烏龍{n}")
    name_en = factory.Sequence(lambda n: f"Dong Ding {n}")
    category = factory.SubFactory(CategoryFactory)
    town = factory.SubFactory(TownFactory)
    price = 500


class ApplicationFactory(Stateful):
    """A submitted application; other states bring what their constraints ask for."""

    class Meta:
        model = Application

    call = factory.SubFactory(CallFactory)
    company = factory.SubFactory(CompanyFactory)
    state = Application.State.SUBMITTED
    contact_name = "陳小姐"
    contact_phone = "049-000-0001"
    contact_email = "contact@example.com"
    submitted_at = factory.LazyAttribute(lambda a: None if a.state == "draft" else timezone.now())
    offer_ends_at = factory.LazyAttribute(
        lambda a: timezone.now() + timedelta(days=7) if a.state in ("offered", "confirmed") else None
    )
    return_by = factory.LazyAttribute(lambda a: timezone.now() + timedelta(days=7) if a.state == "returned" else None)

    @factory.lazy_attribute
    def number(self) -> int:
        call: Call = self.call
        number = call.next_number
        call.next_number += 1
        call.save(update_fields=["next_number"])
        return number


class PlacementFactory(Stateful):
    class Meta:
        model = Placement

    application = factory.SubFactory(ApplicationFactory, state=Application.State.OFFERED)
    booth = factory.LazyAttribute(
        lambda placement: BoothFactory(hall=HallFactory(fair=placement.application.call.fair))
    )


class ReviewFactory(Stateful):
    class Meta:
        model = Review

    application = factory.SubFactory(ApplicationFactory)
    expert = factory.SubFactory(UserFactory)
    discipline = Membership.Discipline.DESIGN


class StageFactory(Plain):
    class Meta:
        model = Stage

    fair = factory.SubFactory(FairFactory)
    slug = factory.Sequence(lambda n: f"stage-{n}")
    name_zh = "主舞台"
    name_en = "Main Stage"


class SessionFactory(Stateful):
    """A draft of an hour; each next one an hour later on the first day, from 10:00."""

    class Meta:
        model = Session

    stage = factory.SubFactory(StageFactory)
    fair = factory.SelfAttribute("stage.fair")
    title_zh = factory.Sequence(lambda n: f"茶席{n}")
    title_en = factory.Sequence(lambda n: f"Tea session {n}")
    starts_at = factory.LazyAttribute(lambda session: session.fair.begins_at)
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + timedelta(hours=1))


class InvitationFactory(Stateful):
    class Meta:
        model = Invitation

    fair = factory.SubFactory(FairFactory)
    email = factory.Sequence(lambda n: f"guest{n}@example.net")
    name = "貴賓"


class MessageFactory(Stateful):
    """A mail in the outbox that waits."""

    class Meta:
        model = Message

    kind = "application-submitted"
    cause = factory.Sequence(lambda n: f"test:{n}")
    recipient = factory.Sequence(lambda n: f"guest{n}@example.net")
    fair = factory.SubFactory(FairFactory)
    organizer = factory.SelfAttribute("fair.organizer")
    message_id = factory.Sequence(lambda n: f"<test-{n}@example.org>")


def coordinator_of(thing: Any) -> User:
    """A coordinator of the organizer whose fair this is, or is of."""
    return MembershipFactory(organizer=organizer_of(thing), role=Membership.Role.COORDINATOR).user


def staff_of(thing: Any) -> User:
    """A person who works on the days of the fair that this is, or is of."""
    return MembershipFactory(organizer=organizer_of(thing), role=Membership.Role.STAFF).user


def organizer_of(thing: Any) -> Organizer:
    """The organizer that this is, or whose business it is; of a draft the one who will see it one day."""
    if isinstance(thing, Organizer):
        return thing
    if isinstance(thing, Application):
        return thing.call.fair.organizer
    return Organizer.objects.get(pk=thing.journal_scope().organizer)


def expert_of(organizer: Organizer, discipline: str = Membership.Discipline.DESIGN) -> User:
    """An expert of this discipline."""
    return MembershipFactory(organizer=organizer, role=Membership.Role.EXPERT, discipline=discipline).user


def member_of(thing: Any, *, role: str = CompanyMember.Role.OWNER) -> User:
    """A member of the company that this is, or is of."""
    company = thing if isinstance(thing, Company) else thing.company
    return CompanyMemberFactory(company=company, role=role).user


def stranger() -> User:
    """Somebody with an account who has nothing to do with anything."""
    return UserFactory()


def taipei(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant given in Taiwan's time, which has no summer time: UTC+8."""
    return datetime.combine(day, time(hour, minute), UTC) - timedelta(hours=8)
