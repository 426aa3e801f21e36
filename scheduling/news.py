"""What is new, as an Atom feed: fairs announced, moved and cancelled, and releases of programmes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Change, Language
from core.text import localized
from fairs.models import Fair
from scheduling.binding import Bound
from scheduling.models import Release

MOST = 50  # items; readers that look once a week miss nothing
_KINDS = ("fair.announced", "fair.rescheduled", "fair.cancelled")
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news. `id` names it for ever, however its words change."""

    id: UUID | int
    at: datetime
    title: str
    text: str
    page: str


def bind(language: str) -> Bound:
    """The feed in one language, newest first: three queries."""
    with translation.override(language):
        items = sorted([*_of_fairs(), *_of_releases()], key=lambda item: item.at, reverse=True)[:MOST]
        changed_at = max((item.at for item in items), default=_BEGINNING)
        feed = _Feed(
            title=_("News of the OTOP fairs"),
            link=f"{settings.SITE_URL}/",
            description=_("Fairs that were announced, moved or cancelled, and new programmes."),
            language=language,
            feed_url=f"{settings.SITE_URL}/feeds/news.atom" + ("" if language == Language.ZH else f"?lang={language}"),
            feed_guid=f"{settings.SITE_URL}/feeds/news.atom",
        )
        feed.changed_at = changed_at
        for item in items:
            feed.add_item(
                title=item.title,
                link=f"{settings.SITE_URL}{item.page}",
                description=item.text,
                unique_id=f"{settings.SITE_URL}/feeds/news.atom#{item.id}",
                pubdate=item.at,
                updateddate=item.at,
            )
    body: str = feed.writeString("utf-8")
    return Bound(body.encode(), len(items), changed_at)


class _Feed(Atom1Feed):
    """Django's, but never asking the clock when it holds nothing."""

    changed_at: datetime = _BEGINNING

    def latest_post_date(self) -> datetime:
        """When the newest item came."""
        return self.changed_at


def _of_fairs() -> list[Item]:
    changes = list(Change.objects.filter(kind__in=_KINDS).order_by("-id")[:MOST])
    fairs = Fair.objects.public().select_related("venue").in_bulk({change.about_id for change in changes})
    return [_of_fair(change, fairs[change.about_id]) for change in changes if change.about_id in fairs]


def _of_fair(change: Change, fair: Fair) -> Item:
    words = {
        "fair": localized(fair, "name"),
        "venue": localized(fair.venue, "name"),
        "first": date_format(fair.starts_on, "DATE_FORMAT"),
        "last": date_format(fair.ends_on, "DATE_FORMAT"),
    }
    match change.kind:
        case "fair.announced":
            title = _("Announced: %(fair)s") % words
        case "fair.rescheduled":
            title = _("Moved: %(fair)s") % words
        case _:
            title = _("Cancelled: %(fair)s") % words
    text = _("%(first)s to %(last)s, %(venue)s") % words
    return Item(change.pk, change.at, title, text, f"/fairs/{fair.slug}/")


def _of_releases() -> list[Item]:
    releases = Release.objects.filter(fair__in=Fair.objects.public()).select_related("fair").defer("programme")
    return [_of_release(release) for release in releases.order_by("-published_at")[:MOST]]


def _of_release(release: Release) -> Item:
    words = {"fair": localized(release.fair, "name"), "number": release.number}
    title = _("Programme of %(fair)s, release %(number)d") % words
    return Item(
        release.pk, release.published_at, title, localized(release, "note"), f"/fairs/{release.fair.slug}/programme/"
    )
