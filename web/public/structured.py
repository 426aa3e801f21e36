"""What search engines read: fairs and sessions as schema.org events, in a data block that no browser runs."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from core.text import localized
from fairs.models import Fair, Venue
from scheduling.models import Listing

SCHEDULED = "https://schema.org/EventScheduled"
CANCELLED = "https://schema.org/EventCancelled"
MOVED = "https://schema.org/EventRescheduled"
ON_SITE = "https://schema.org/OfflineEventAttendanceMode"
SUB_EVENTS = 50  # sessions in the block of a fair; the programme's page shows all


def event_of(fair: Fair, listings: list[Listing] | None = None) -> dict[str, Any]:
    """A fair as a schema.org Event, with its public sessions as its parts."""
    zone = fair.zone
    event: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ExhibitionEvent",
        "name": localized(fair, "name"),
        "url": settings.SITE_URL + reverse("fair", args=[fair.slug]),
        "startDate": _instant(datetime.combine(fair.starts_on, fair.opens, zone)),
        "endDate": _instant(datetime.combine(fair.ends_on, fair.closes, zone)),
        "eventStatus": CANCELLED if fair.state == Fair.State.CANCELLED else SCHEDULED,
        "eventAttendanceMode": ON_SITE,
        "location": _place(fair.venue),
        "organizer": {"@type": "Organization", "name": localized(fair.organizer, "name")},
    }
    if said := localized(fair, "description"):
        event["description"] = said
    if listings:
        event["subEvent"] = [_session(listing, zone) for listing in listings[:SUB_EVENTS]]
    return event


def _session(listing: Listing, zone: ZoneInfo) -> dict[str, Any]:
    event = {
        "@type": "Event",
        "name": localized(listing, "title"),
        "startDate": _instant(listing.starts_at.astimezone(zone)),
        "endDate": _instant(listing.ends_at.astimezone(zone)),
        "eventStatus": CANCELLED if listing.is_cancelled else MOVED if listing.was_at else SCHEDULED,
        "location": {"@type": "Place", "name": localized(listing.stage, "name")},
    }
    if listing.was_at and not listing.is_cancelled:
        event["previousStartDate"] = _instant(listing.was_at.astimezone(zone))
    return event


def _place(venue: Venue) -> dict[str, Any]:
    place: dict[str, Any] = {
        "@type": "Place",
        "name": localized(venue, "name"),
        "address": {
            "@type": "PostalAddress",
            "addressCountry": venue.country,
            "streetAddress": localized(venue, "address"),
            "postalCode": venue.postal_code,
        },
    }
    if venue.lat is not None and venue.lon is not None:
        place["geo"] = {"@type": "GeoCoordinates", "latitude": float(venue.lat), "longitude": float(venue.lon)}
    return place


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
