"""What follows each kind of change: the page to read for "what else happens?". Written by hand, then compared."""

import ast
import re
from pathlib import Path

import pytest

from accounts.models import Change
from exhibitors.models import MOVES, PLACEMENT_MOVES, REVIEW_MOVES, Application, Placement, Review
from fairs.models import FAIR_MOVES, Fair
from scheduling.models import INVITATION_MOVES, SESSION_MOVES, Invitation, Session
from worker.models import MESSAGE_MOVES, Message
from worker.registry import REGISTRY

ROOT = Path(__file__).parent.parent
ROOMS = ("accounts", "fairs", "exhibitors", "scheduling", "worker", "operations")

# kind of change             entry: calendars · mail · next: what must follow
WIRING = """
fair.created                 -
fair.announced               entry show_fair
fair.edited                  entry show_fair · mail send_changed_fair
fair.rescheduled             entry show_fair · mail tell_of_move · next ask_to_fair_again
fair.cancelled               entry show_fair · mail tell_of_cancelled_fair
fair.closed                  -
fair.cloned                  -
call.opened                  -
call.edited                  -
call.decisions_released      -
hall.added                   -
hall.edited                  entry show_fair
hall.removed                 -
zone.added                   -
zone.edited                  -
zone.removed                 -
booth.added                  -
booth.edited                 entry show_booth
booth.removed                -

company.created              -
company.edited               entry show_company
company.member_invited       mail tell_of_company_invite
company.member_joined        next ask_new_member
company.member_removed       next take_off_member
product.added                -
product.edited               -
product.retired              -

application.started          -
application.edited           -
application.draft            -
application.submitted        entry show_application · mail tell_of_submission
application.returned         entry show_application · mail tell_of_return
application.staged           -
application.accepted         mail tell_of_decision
application.waitlisted       mail tell_of_decision
application.rejected         mail tell_of_decision
application.offered          entry show_application · mail tell_of_offer
application.confirmed        entry show_application · mail tell_of_confirmation · next ask_exhibitors
application.declined         entry show_application · mail tell_desk_of_refusal · next take_off_exhibitors
application.expired          entry show_application · mail tell_of_expiry · next take_off_exhibitors
application.withdrawn        entry show_application · mail tell_of_withdrawal · next take_off_exhibitors
application.cancelled        entry show_application · mail tell_of_cancellation · next take_off_exhibitors
application.attended         entry show_application
application.no_show          entry show_application
placement.held               entry show_place
placement.released           entry show_place · next offer_booth_on
review.assigned              -
review.submitted             -
review.recused               -
conflict.declared            -

stage.added                  -
stage.edited                 entry show_programme
stage.removed                -
session.added                -
session.edited               -
session.dropped              -
session.released             next ask_to_session
session.moved                mail send_changed_session · next ask_to_session
session.changed              mail send_changed_session · next ask_to_session
session.delayed              entry show_session · next ask_to_session
session.cancelled            entry show_session · next take_off_session
programme.released           entry show_programme
invitation.pending           mail send_invitation
invitation.sent              -
invitation.accepted          -
invitation.tentative         -
invitation.declined          -
invitation.cancelled         mail send_cancellation
invitation.link_ended        -

message.queued               -
message.sending              -
message.sent                 -
message.failed               -
message.dead                 mail tell_desk_of_dead_mail
message.cancelled            -
message.suppressed           -

membership.invited           mail tell_of_membership_invite
membership.joined            -
membership.removed           -
api_token.created            -
api_token.revoked            -
user.erased                  -
change.redacted              -
release.redacted             -
"""


def wiring():
    lines = (line.split(maxsplit=1) for line in WIRING.splitlines() if line.strip())
    return {kind: set() if follows == "-" else set(follows.split(" · ")) for kind, follows in lines}


def test_what_follows_each_kind_is_what_this_page_says():
    found = {
        kind: {f"{reaction.channel} {reaction.name}" for reaction in REGISTRY.to(kind)} for kind in REGISTRY.kinds()
    }

    assert found == wiring()


STATES = [
    (Fair, FAIR_MOVES),
    (Application, MOVES),
    (Placement, PLACEMENT_MOVES),
    (Review, REVIEW_MOVES),
    (Session, SESSION_MOVES),
    (Invitation, INVITATION_MOVES),
    (Message, MESSAGE_MOVES),
]


@pytest.mark.parametrize(("model", "moves"), STATES)
def test_every_state_into_which_something_moves_stands_here(model, moves):
    reached = {after for before in model.State for after in moves.allowed_from(before)}

    assert {f"{model._meta.model_name}.{state}" for state in reached} <= wiring().keys()


def kinds_in(tree):
    """The kinds that a module records: first arguments of record(), and what is called `kind`, if they look so."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = [keyword.value for keyword in node.keywords if keyword.arg == "kind"]
        if name in ("record", "line"):
            given += node.args[:1]
        for value in given:
            if isinstance(value, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z_]+", str(value.value)):
                yield value.value


def test_every_kind_that_some_code_records_stands_here():
    recorded = {
        kind
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
        for kind in kinds_in(ast.parse(path.read_text()))
    }

    assert len(recorded) > 30
    assert recorded - wiring().keys() == set()


def test_kinds_fit_into_their_column():
    longest = Change._meta.get_field("kind").max_length

    assert [kind for kind in wiring() if len(kind) > longest] == []
