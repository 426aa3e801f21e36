"""The page behind the links of an invitation: no log-in, both languages, GET shows and POST changes.

The link in the mail may name an answer (`?answer=accepted`): that button stands first, and nothing is sent until it is
pressed, for scanners and previews open links.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import dates
from core.text import localized
from scheduling import inviting
from scheduling.binding import Selection, bind
from scheduling.calendars import Calendar
from scheduling.inviting import Link, Opened
from scheduling.models import Entry, Feed, Invitation

# What a person had said before the time changed.
BEFORE = {
    "accepted": gettext_noop("You had answered that you come."),
    "tentative": gettext_noop("You had answered that you are not sure."),
    "declined": gettext_noop("You had answered that you do not come."),
}
# What each answer is called, and the icon on its button.
WAYS = {"accepted": "check", "tentative": "glass", "declined": "minus"}


@dataclass(frozen=True, slots=True)
class Both:
    """A text in the reader's language and in the other one."""

    mine: str
    other: str


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """What one is asked to, and the three answers; after an answer, what was understood."""
    opened = _opened(token)
    if request.method == "POST":
        inviting.answer(opened.invitation, request.POST.get("answer", ""), by=None, via=inviting.Via.LINK)
        return redirect("answer", token=token)
    return _private(render(request, "public/answer.html", _context(request, opened, token), status=_status(opened)))


@require_safe
def event(request: HttpRequest, token: str) -> HttpResponse:
    """The thing as a calendar file, to be put into one's calendar by hand."""
    opened = _opened(token)
    if opened.link == Link.OUTDATED:
        raise Http404
    entry = _entry(opened.invitation)
    if entry is None:
        raise Http404
    mine = _order()[0]
    alone = Selection([[]], also=[entry.about_id])
    title = localized(entry, "title")
    bound = bind(alone, Calendar(name=title, description=title, path="", page=""), language=mine, form=Feed.Form.ICS)
    response = HttpResponse(bound.body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="invitation.ics"'
    return _private(response)


def _opened(token: str) -> Opened:
    try:
        return inviting.from_link(token)
    except inviting.NoSuchLink as error:
        raise Http404 from error


def _status(opened: Opened) -> int:
    return 410 if opened.link == Link.OUTDATED else 200


def _private(response: HttpResponse) -> HttpResponse:
    """The address is a key: no cache keeps the page, and no Referer gives it away."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _context(request: HttpRequest, opened: Opened, token: str) -> dict[str, object]:
    invitation = opened.invitation
    fair, session = invitation.fair, invitation.session
    thing, field = (session, "title") if session else (fair, "name")
    named = request.GET.get("answer", "")
    state = invitation.state if invitation.state in WAYS else ""
    return {
        "plain": True,
        "private": True,
        "opened": opened,
        "invitation": invitation,
        "fair": fair,
        "session": session,
        "zone": fair.zone,
        "title": _texts(thing, field),
        "fair_name": _texts(fair, "name"),
        "venue": _texts(fair.venue, "name"),
        "address": _texts(fair.venue, "address"),
        "host": _texts(fair.organizer, "name"),
        "stage": _texts(session.stage, "name") if session else None,
        "when": _when(opened, fair.zone, is_fair=session is None),
        "was": _moment(opened.was_at, fair.zone) if opened.was_at else None,
        "answered": _moment(invitation.answered_at, fair.zone) if invitation.answered_at else None,
        "state": state,
        "before": BEFORE.get(opened.before, ""),
        "first": named if named in WAYS else "accepted",
        "ways": [(way, icon) for way, icon in WAYS.items() if way != state],
        "has_event": _entry(invitation) is not None,
        "token": token,
    }


def _texts(thing: object, field: str) -> Both:
    """A text in both languages; without English there is only one."""
    mine, other = _order()
    said = localized(thing, field, mine)
    again = localized(thing, field, other)
    return Both(said, again if again != said else "")


def _when(opened: Opened, zone: tzinfo, *, is_fair: bool) -> Both:
    def say() -> str:
        first, last = dates.on(opened.begins_at, zone), dates.on(opened.ends_at, zone)
        day = dates.full_days(first, last) if is_fair else dates.full_day(first)
        hours = dates.clocks(opened.begins_at, opened.ends_at, zone)
        return _("%(day)s, %(hours)s (%(zone)s)") % {"day": day, "hours": hours, "zone": _offset(opened, zone)}

    return _said(say)


def _offset(opened: Opened, zone: tzinfo) -> str:
    """Of the place from world time, for readers abroad, such as UTC+8."""
    minutes = round(opened.begins_at.astimezone(zone).utcoffset().total_seconds() / 60)  # type: ignore[union-attr]
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def _moment(at: datetime, zone: tzinfo) -> Both:
    return _said(lambda: dates.full_moment(at, zone))


def _said(say: Callable[[], str]) -> Both:
    said = []
    for language in _order():
        with translation.override(language):
            said.append(say())
    return Both(*said)


def _order() -> tuple[str, str]:
    english = (get_language() or "").startswith("en")
    return ("en", "zh-hant") if english else ("zh-hant", "en")


def _entry(invitation: Invitation) -> Entry | None:
    about = invitation.session_id or invitation.fair_id
    kind = Entry.Kind.SESSION if invitation.session_id else Entry.Kind.FAIR
    return Entry.objects.filter(kind=kind, about_id=about, fault="").first()
