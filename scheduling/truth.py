"""What the entries of a fair should say now, read from the tables in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import Language
from core.text import localized
from exhibitors.models import PUBLIC_STATES, Application, Company, Placement
from fairs.models import Fair, Town
from scheduling import keys
from scheduling.models import Entry, Listing

ZH, EN = Language.ZH, Language.EN


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """Latitude and longitude in degrees (WGS 84), or nothing."""

    lat: Decimal | None = None
    lon: Decimal | None = None


@dataclass(frozen=True, slots=True)
class When:
    """Instants with the place's zone, or whole days (`ends_on` included)."""

    tzid: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """Whoever runs the fair, and their mail address."""

    name: Words
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What one entry should say."""

    kind: Entry.Kind
    about_id: UUID
    is_cancelled: bool
    when: When
    title: Words
    keys: frozenset[str]
    host: Host
    place: Words = Words()
    text: Words = Words()
    point: Point = Point()
    url: str = ""
    categories_zh: tuple[str, ...] = field(default=())
    categories_en: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Gone:
    """That an entry, if there is one, stands for nothing any more."""

    kind: Entry.Kind
    about_id: UUID


def both(thing: object, name: str) -> Words:
    """Field `name` of a thing in both languages; an English gap falls back to Chinese."""
    return Words(localized(thing, name, ZH), localized(thing, name, EN))


def joined(*parts: Words) -> Words:
    """Places from the small to the large."""
    return Words("，".join(part.zh for part in parts if part.zh), ", ".join(part.en for part in parts if part.en))


def titled(first: Words, second: Words) -> Words:
    """Two names as one title."""
    return Words(f"{first.zh}｜{second.zh}", f"{first.en}｜{second.en}")


def of_fair(fair: Fair) -> list[Truth]:
    """The days of a fair; nothing while it is a draft. `fair` comes from `for_calendar`."""
    if fair.state == Fair.State.DRAFT:
        return []
    categories = list(fair.categories.all())
    belongs = {keys.FAIRS, keys.fair(fair.pk), *_town_keys(fair.venue.town)}
    belongs |= {keys.category(category.code) for category in categories}
    return [
        Truth(
            kind=Entry.Kind.FAIR,
            about_id=fair.pk,
            is_cancelled=fair.state == Fair.State.CANCELLED,
            when=When(fair.venue.time_zone, starts_on=fair.starts_on, ends_on=fair.ends_on),
            title=both(fair, "name"),
            place=joined(both(fair.venue, "name"), both(fair.venue, "address")),
            text=both(fair, "description"),
            point=Point(fair.venue.lat, fair.venue.lon),
            url=f"{settings.SITE_URL}/fairs/{fair.slug}/",
            keys=frozenset(belongs),
            host=_host(fair),
        )
    ]


def for_calendar(fair_id: UUID) -> Fair:
    """The fair with all that its entries tell of it: two queries. Raises DoesNotExist."""
    return Fair.objects.select_related("venue__town", "organizer").prefetch_related("categories").get(pk=fair_id)


def of_sessions(fair: Fair, session_ids: Iterable[UUID] | None = None) -> list[Truth]:
    """The published sessions of a fair, or those of them that are named: two queries."""
    listings = Listing.objects.filter(fair=fair.pk).select_related("stage__hall", "category")
    if session_ids is not None:
        listings = listings.filter(pk__in=list(session_ids))
    rows = list(listings)
    named = {company_id for row in rows for company_id in row.companies}
    companies = Company.objects.select_related("town").in_bulk(named)
    return [_of_session(fair, row, companies) for row in rows]


def _of_session(fair: Fair, listing: Listing, companies: Mapping[UUID, Company]) -> Truth:
    makers = [companies[company_id] for company_id in listing.companies if company_id in companies]
    stage, category = listing.stage, listing.category
    belongs = {
        keys.fair(fair.pk),
        keys.stage(listing.stage_id),
        *(keys.user(user_id) for user_id in listing.presenters),
    }
    if listing.category_id:
        belongs.add(keys.category(listing.category_id, fair_id=fair.pk))
    for maker in makers:
        belongs |= {keys.company(maker.pk), keys.own(maker.pk), *_town_keys(maker.town)}
    return Truth(
        kind=Entry.Kind.SESSION,
        about_id=listing.pk,
        is_cancelled=listing.is_cancelled or fair.state == Fair.State.CANCELLED,
        when=When(fair.venue.time_zone, starts_at=listing.starts_at, ends_at=listing.ends_at),
        title=titled(both(listing, "title"), both(fair, "name")),
        place=joined(
            both(stage, "name"), both(stage.hall, "name") if stage.hall else Words(), both(fair.venue, "name")
        ),
        text=_session_text(listing, makers),
        point=Point(fair.venue.lat, fair.venue.lon),
        url=f"{settings.SITE_URL}/fairs/{fair.slug}/programme/#session-{listing.pk}",
        categories_zh=(localized(category, "name", ZH),) if category else (),
        categories_en=(localized(category, "name", EN),) if category else (),
        keys=frozenset(belongs),
        host=_host(fair),
    )


def _session_text(listing: Listing, makers: Sequence[Company]) -> Words:
    """The summary and, below it, whose session it is. People are not named: what they are called may be erased."""
    abstract, names = both(listing, "abstract"), [both(maker, "name") for maker in makers]
    return Words(
        "\n\n".join(filter(None, [abstract.zh, "、".join(name.zh for name in names)])),
        "\n\n".join(filter(None, [abstract.en, ", ".join(name.en for name in names)])),
    )


def of_applications(fair: Fair, application_ids: Iterable[UUID] | None = None) -> list[Truth | Gone]:
    """The booths and deadlines of a fair's applicants, or of the applications that are named: two queries."""
    held = Placement.objects.held().select_related("booth__hall").order_by("booth__number")
    applications = (
        Application.objects.filter(call__fair=fair.pk)
        .exclude(state=Application.State.DRAFT)
        .select_related("company__category")
        .prefetch_related(Prefetch("placements", held, to_attr="held"))
    )
    if application_ids is not None:
        applications = applications.filter(pk__in=list(application_ids))
    found: list[Truth | Gone] = []
    for application in applications:
        found += [
            _attendance(fair, application),
            _deadline(fair, application, Entry.Kind.OFFER),
            _deadline(fair, application, Entry.Kind.CORRECTION),
        ]
    return found


def _attendance(fair: Fair, application: Application) -> Truth | Gone:
    """Where a company stands at the fair, for its own calendar; known to all once it confirmed."""
    if application.state not in PUBLIC_STATES or fair.state in (Fair.State.DRAFT, Fair.State.CANCELLED):
        return Gone(Entry.Kind.ATTENDANCE, application.pk)
    company = application.company
    placements: list[Placement] = application.held  # type: ignore[attr-defined]  # prefetched by of_applications
    numbers = ", ".join(placement.booth.number for placement in placements)
    halls = {placement.booth.hall_id: both(placement.booth.hall, "name") for placement in placements}
    return Truth(
        kind=Entry.Kind.ATTENDANCE,
        about_id=application.pk,
        is_cancelled=False,
        when=When(fair.venue.time_zone, starts_on=fair.starts_on, ends_on=fair.ends_on),
        title=titled(both(company, "name"), both(fair, "name")),
        place=joined(Words(numbers, numbers), *halls.values(), both(fair.venue, "name")),
        point=Point(fair.venue.lat, fair.venue.lon),
        url=f"{settings.SITE_URL}/companies/{company.slug}/",
        categories_zh=(localized(company.category, "name", ZH),),
        categories_en=(localized(company.category, "name", EN),),
        keys=frozenset({keys.company(company.pk), keys.own(company.pk)}),
        host=_host(fair),
    )


def _deadline(fair: Fair, application: Application, kind: Entry.Kind) -> Truth | Gone:
    """An instant by which the company must act, in its members' calendar alone."""
    is_offer = kind == Entry.Kind.OFFER
    ends_at = application.offer_ends_at if is_offer else application.return_by
    open_state = Application.State.OFFERED if is_offer else Application.State.RETURNED
    if application.state != open_state or ends_at is None or fair.state == Fair.State.CANCELLED:
        return Gone(kind, application.pk)
    folder = "offers" if is_offer else "applications"
    return Truth(
        kind=kind,
        about_id=application.pk,
        is_cancelled=False,
        when=When(fair.venue.time_zone, starts_at=ends_at, ends_at=ends_at),
        title=_deadline_title(both(fair, "name"), is_offer=is_offer),
        url=f"{settings.SITE_URL}/company/{folder}/{application.pk}/",
        keys=frozenset({keys.own(application.company_id)}),
        host=_host(fair),
    )


def _deadline_title(fair: Words, *, is_offer: bool) -> Words:
    def title(language: str, name: str) -> str:
        with translation.override(language):
            text = gettext("Offer ends: %(fair)s") if is_offer else gettext("Correct your application: %(fair)s")
            return text % {"fair": name}

    return Words(title(ZH, fair.zh), title(EN, fair.en))


def _town_keys(town: Town | None) -> set[str]:
    return {keys.town(town.code), keys.county(town.county_id)} if town else set()


def _host(fair: Fair) -> Host:
    return Host(both(fair.organizer, "name"), fair.organizer.email)
