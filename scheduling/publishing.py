"""Publishing: entries are brought in line with the truth, and feeds with their entries.

Reactions reconcile; that marks the keys of what changed as stale. `publish_due` then writes each stale feed anew, once,
however many of its entries changed. What is served is only ever what stands in a feed's row.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from core import database
from exhibitors.models import Application, Company
from fairs.models import Fair
from scheduling import keys, news, truth
from scheduling.binding import Bound, Selection, bind
from scheduling.calendars import describe
from scheduling.contentlines import Unrenderable
from scheduling.entries import hold, mark_dirty, reconcile
from scheduling.models import Entry, Feed, Session, StaleKey

__all__ = [
    "clear_gone",
    "entry_of",
    "etag_of",
    "feed_for",
    "mark_dirty",
    "publish_due",
    "reconcile_application",
    "reconcile_company",
    "reconcile_fair",
    "reconcile_programme",
    "reconcile_session",
]

log = logging.getLogger(__name__)

_ROUNDS = 20  # of looking for stale keys in one call; the next wake-up goes on
_SLICE = 1_000  # entries that one transaction of clear_gone takes
_LEVEL = 6  # of gzip


# --- Entries --------------------------------------------------------------------------------------------------------


@transaction.atomic
def reconcile_fair(fair: Fair) -> list[Entry]:
    """Bring the fair's entry in line, and all that bear its name, place or state; gives those that changed."""
    hold(fair.pk)
    fresh = truth.for_calendar(fair.pk)
    mark_dirty([keys.NEWS])
    return reconcile(fair.pk, [*truth.of_fair(fresh), *truth.of_sessions(fresh), *truth.of_applications(fresh)])


@transaction.atomic
def reconcile_programme(fair: Fair) -> list[Entry]:
    """Bring the entries of all published sessions of a fair in line, as after a release; gives those that changed."""
    hold(fair.pk)
    mark_dirty([keys.NEWS])
    return reconcile(fair.pk, truth.of_sessions(truth.for_calendar(fair.pk)))


@transaction.atomic
def reconcile_session(session: Session) -> list[Entry]:
    """Bring the entry of one session in line; gives it if it changed."""
    hold(session.fair_id)
    return reconcile(session.fair_id, truth.of_sessions(truth.for_calendar(session.fair_id), [session.pk]))


@transaction.atomic
def reconcile_application(application: Application) -> list[Entry]:
    """Bring the company's place at the fair and its deadlines in line; gives the entries that changed."""
    fair_id = application.call.fair_id
    hold(fair_id)
    return reconcile(fair_id, truth.of_applications(truth.for_calendar(fair_id), [application.pk]))


def reconcile_company(company: Company) -> list[Entry]:
    """Bring all entries in line that bear the company's name, a fair at a time; gives those that changed."""
    belonging = Entry.objects.filter(keys__overlap=[keys.own(company.pk), keys.company(company.pk)])
    changed: list[Entry] = []
    for fair_id in belonging.order_by("fair").values_list("fair", flat=True).distinct():
        changed += _reconcile_of_company(company, fair_id)
    mark_dirty([keys.company(company.pk), keys.own(company.pk)])  # their headers bear the name too
    return changed


@transaction.atomic
def _reconcile_of_company(company: Company, fair_id: UUID) -> list[Entry]:
    hold(fair_id)
    fair = truth.for_calendar(fair_id)
    sessions = Session.objects.filter(fair=fair_id, listing__companies__contains=[company.pk])
    applications = Application.objects.filter(call__fair=fair_id, company=company.pk)
    return reconcile(
        fair_id,
        [
            *truth.of_sessions(fair, sessions.values_list("pk", flat=True)),
            *truth.of_applications(fair, applications.values_list("pk", flat=True)),
        ],
    )


@transaction.atomic
def entry_of(thing: Fair | Session) -> Entry | None:
    """The entry of a fair or session as it is now, for mails that bear it; None if it was never public.

    Reconciled first: a mail may be written before the calendar's own reaction has run.
    """
    if isinstance(thing, Fair):
        kind = Entry.Kind.FAIR
        hold(thing.pk)
        reconcile(thing.pk, truth.of_fair(truth.for_calendar(thing.pk)))
    else:
        kind = Entry.Kind.SESSION
        reconcile_session(thing)
    return Entry.objects.filter(kind=kind, about_id=thing.pk).first()


def clear_gone() -> int:
    """Take what was cancelled or left 90 days ago out of the feeds; gives how many entries. For a daily beat.

    The row stays, so that its UID is never given to anything else.
    """
    count = 0
    while cleared := _clear_cancelled() + _clear_left():
        count += cleared
    return count


@transaction.atomic
def _clear_cancelled() -> int:
    over = Entry.objects.filter(shown_until__lt=Now()).exclude(event_zh=b"")
    entries = list(over.select_for_update(skip_locked=True).only("keys", "left_keys")[:_SLICE])
    Entry.objects.filter(pk__in=[entry.pk for entry in entries]).update(event_zh=b"", event_en=b"")
    mark_dirty(key for entry in entries for key in [*entry.keys, *entry.left_keys])
    return len(entries)


@transaction.atomic
def _clear_left() -> int:
    over = Entry.objects.filter(left_until__lt=Now())
    entries = list(over.select_for_update(skip_locked=True).only("left_keys")[:_SLICE])
    Entry.objects.filter(pk__in=[entry.pk for entry in entries]).update(
        left_keys=[], left_until=None, gone_zh=b"", gone_en=b""
    )
    mark_dirty(key for entry in entries for key in entry.left_keys)
    return len(entries)


# --- Feeds ----------------------------------------------------------------------------------------------------------


def publish_due() -> int:
    """Write every feed anew of which entries changed; gives how many were looked at.

    Many workers may call this at once: each key is one worker's at a time, and whoever finds a key taken leaves it to
    the other, who looks again before it ends. Killed at any line, the key's marks are still there.
    """
    published = 0
    for _round in range(_ROUNDS):
        asked = Feed.objects.filter(key=OuterRef("key"))
        # Nobody asked for these yet: they are written when somebody does, from entries that are committed already.
        StaleKey.objects.filter(~Exists(asked)).delete()
        stale = list(StaleKey.objects.order_by("key").values_list("key", flat=True).distinct())
        done = sum(_publish_stale(key) for key in stale)
        if not done:
            break
        published += done
    return published


def feed_for(key: str, language: str, form: str = Feed.Form.ICS) -> Feed | None:
    """The feed of this key as published, without its bytes; published now if nobody asked for it before.

    None if what the key is about is not there or not public.
    """
    feeds = Feed.objects.filter(key=key, language=language, form=form).defer("body", "gzipped")
    feed = feeds.first()
    if feed is None or not feed.etag:
        if key != keys.NEWS and describe(key, language) is None:
            return None
        # The row comes first and is committed: entries that change from now on find it and mark it as stale.
        Feed.objects.bulk_create([Feed(key=key, language=language, form=form)], ignore_conflicts=True)
        with transaction.atomic():
            database.wait_for_named_lock(f"feed:{key}")
            _write(feeds.filter(etag=""))
        feed = feeds.first()
    return feed


@transaction.atomic
def _publish_stale(key: str) -> int:
    if not database.take_named_lock(f"feed:{key}"):
        return 0
    # First the marks, then the entries: a change that commits in between is seen, and its mark stays for another look.
    StaleKey.objects.filter(key=key).delete()
    return _write(Feed.objects.filter(key=key).defer("body", "gzipped"))


def _write(feeds: QuerySet[Feed]) -> int:
    """Write these feeds anew, and say when they changed only if their bytes did."""
    written = 0
    for feed in feeds:
        try:
            bound = _bound(feed)
        except Unrenderable as error:
            log.error("feed put aside", extra={"feed_key": feed.key, "fault": str(error)})
            continue
        if bound is None:  # what it was about is gone
            feed.delete()
            continue
        _save(feed, bound)
        written += 1
    return written


def _bound(feed: Feed) -> Bound | None:
    if feed.key == keys.NEWS:
        return news.bind(feed.language)
    calendar = describe(feed.key, feed.language)
    if calendar is None:
        return None
    return bind(Selection.of(feed.key), calendar, language=feed.language, form=feed.form)


def _save(feed: Feed, bound: Bound) -> None:
    now = database.now()
    columns: list[str] = ["published_at"]
    feed.published_at = now
    if (etag := etag_of(bound.body)) != feed.etag:
        feed.body, feed.gzipped = bound.body, gzip.compress(bound.body, compresslevel=_LEVEL, mtime=0)
        feed.etag, feed.entries, feed.changed_at = etag, bound.entries, now
        columns += ["body", "gzipped", "etag", "entries", "changed_at"]
    feed.save(update_fields=columns)


def etag_of(body: bytes) -> str:
    """What an entity tag of these bytes says, without its quotes."""
    return hashlib.sha256(body).hexdigest()[:32]
