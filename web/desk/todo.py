"""What a coordinator has to do next for a fair, most pressing first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates
from exhibitors.models import Application
from fairs import planning
from fairs.models import Booth, Fair
from scheduling import programming
from worker.models import Message

State = Application.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do: what, why it matters, and the button that leads to it."""

    tone: str
    icon: str
    title: str
    said: str = ""
    action: str
    address: str


def tasks_of(fair: Fair, counts: Mapping[str, int], now: datetime) -> list[Task]:
    """What is next; `counts` are the fair's applications by state. A fixed number of queries."""
    if fair.state == Fair.State.DRAFT:
        return [*_founding(fair), *_calling(fair, now)]
    if fair.state != Fair.State.ANNOUNCED:
        return _letters(fair)
    if fair.is_past(now):
        return [*_letters(fair), *_closing(fair)]
    return [
        *_planning(fair),
        *_calling(fair, now),
        *_deciding(fair, counts, now),
        *_placing(fair, counts),
        *_programme(fair),
        *_letters(fair),
    ]


def _to(name: str, fair: Fair, query: str = "") -> str:
    return reverse(f"desk:{name}", args=[fair.slug]) + query


def _founding(fair: Fair) -> list[Task]:
    said = _("Nobody but you sees it until then.")
    tasks = []
    if not fair.halls.exists():
        tasks.append(
            Task(
                tone="wait",
                icon="map",
                title=_("The fair has no hall yet"),
                said=_("Say how wide and deep it is, then make booths with a few numbers."),
                action=_("Draw the plan"),
                address=_to("floorplan", fair),
            )
        )
    announce = Task(
        tone="act",
        icon="bell",
        title=_("The fair is a draft"),
        said=said,
        action=_("Announce"),
        address=_to("fair", fair),
    )
    return [*tasks, announce]


def _planning(fair: Fair) -> list[Task]:
    faults = planning.check(fair)
    if faults:
        title = ngettext("The floor plan has %d fault", "The floor plan has %d faults", len(faults)) % len(faults)
        return [
            Task(
                tone="stop",
                icon="alert",
                title=title,
                said=planning.fault_text(faults[0]),
                action=_("See the plan"),
                address=_to("floorplan", fair),
            )
        ]
    if not Booth.objects.filter(fair=fair).exists():
        return [
            Task(
                tone="wait",
                icon="map",
                title=_("There are no booths yet"),
                said=_("Without booths nobody can be placed."),
                action=_("Draw the plan"),
                address=_to("floorplan", fair),
            )
        ]
    return []


def _calling(fair: Fair, now: datetime) -> list[Task]:
    call = getattr(fair, "call", None)
    if call is None:
        return [
            Task(
                tone="wait",
                icon="list",
                title=_("There is no call for exhibitors yet"),
                said=_("Dates, questions, criteria and fees, so that companies can apply."),
                action=_("Open a call"),
                address=_to("call", fair),
            )
        ]
    if call.is_open(now):
        until = dates.short_moment(call.closes_at, fair.zone)
        left = dates.time_left(call.closes_at, now)
        return [
            Task(
                tone="act",
                icon="clock",
                title=_("The call is open until %(until)s") % {"until": until},
                said=left or _("Applications come in by themselves; you can read them at once."),
                action=_("See applications"),
                address=_to("applications", fair),
            )
        ]
    return []


def _deciding(fair: Fair, counts: Mapping[str, int], now: datetime) -> list[Task]:
    call = getattr(fair, "call", None)
    if call is None or call.closes_at > now:
        return []
    submitted = Application.objects.filter(call=call, state=State.SUBMITTED)
    undecided = submitted.filter(staged_decision="").count()
    if undecided:
        title = ngettext("%d application is undecided", "%d applications are undecided", undecided) % undecided
        return [
            Task(
                tone="wait",
                icon="scale",
                title=title,
                said=_("Decisions stay private until all are released at once."),
                action=_("Decide"),
                address=_to("applications", fair, "?view=undecided"),
            )
        ]
    if staged := counts.get(State.SUBMITTED, 0):
        title = ngettext("%d decision can be released", "%d decisions can be released", staged) % staged
        return [
            Task(
                tone="wait",
                icon="send",
                title=title,
                said=_("All at once, with a mail to every company."),
                action=_("Release"),
                address=_to("decisions", fair),
            )
        ]
    return []


def _placing(fair: Fair, counts: Mapping[str, int]) -> list[Task]:
    tasks = []
    if accepted := counts.get(State.ACCEPTED, 0):
        title = (
            ngettext("%d accepted company has no booth yet", "%d accepted companies have no booth yet", accepted)
            % accepted
        )
        tasks.append(
            Task(
                tone="wait",
                icon="pin",
                title=title,
                said=_("Offer each one a booth; it has a deadline to answer."),
                action=_("Place them"),
                address=_to("applications", fair, "?state=accepted"),
            )
        )
    if offered := counts.get(State.OFFERED, 0):
        first = Application.objects.filter(call__fair=fair, state=State.OFFERED).aggregate(at=Min("offer_ends_at"))[
            "at"
        ]
        title = ngettext("%d offer is not answered", "%d offers are not answered", offered) % offered
        tasks.append(
            Task(
                tone="wait",
                icon="offer",
                title=title,
                said=_("The first one ends on %(day)s. Then the next on the waitlist is asked by itself.")
                % {"day": dates.short_moment(first, fair.zone)},
                action=_("See them"),
                address=_to("applications", fair, "?state=offered"),
            )
        )
    if returned := counts.get(State.RETURNED, 0):
        title = (
            ngettext("%d application is being corrected", "%d applications are being corrected", returned) % returned
        )
        tasks.append(
            Task(
                tone="off",
                icon="undo",
                title=title,
                said=_("No decision is released while one is out."),
                action=_("See them"),
                address=_to("applications", fair, "?state=returned"),
            )
        )
    return tasks


def _programme(fair: Fair) -> list[Task]:
    clashes = programming.conflicts(fair)
    if clashes:
        title = ngettext("The programme has %d conflict", "The programme has %d conflicts", len(clashes)) % len(clashes)
        return [
            Task(
                tone="stop",
                icon="alert",
                title=title,
                said=clashes[0].text,
                action=_("Solve it"),
                address=_to("programme", fair),
            )
        ]
    found = programming.diff(fair)
    if found.is_empty:
        return []
    waits = sum(found.counts.values())
    title = (
        ngettext("%d change of the programme is not published", "%d changes of the programme are not published", waits)
        % waits
    )
    return [
        Task(
            tone="act",
            icon="cal",
            title=title,
            said=_("Subscribers see nothing of it until the next release."),
            action=_("Look and publish"),
            address=_to("release", fair),
        )
    ]


def _letters(fair: Fair) -> list[Task]:
    dead = Message.objects.filter(fair=fair, state=Message.State.DEAD).count()
    if not dead:
        return []
    title = ngettext("%d mail can’t be delivered", "%d mails can’t be delivered", dead) % dead
    return [
        Task(
            tone="wait",
            icon="mail",
            title=title,
            said=_("Ring the company, or correct the address and send again."),
            action=_("See the mails"),
            address=_to("messages", fair, "?state=dead"),
        )
    ]


def _closing(fair: Fair) -> list[Task]:
    return [
        Task(
            tone="wait",
            icon="lock",
            title=_("The fair is over and not closed"),
            said=_("Note who came, then put it to the files."),
            action=_("Close the fair"),
            address=_to("fair", fair),
        )
    ]
