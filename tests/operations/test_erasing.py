"""Erasing a person: name and address in no row, and nothing else lost with them."""

import gzip
import json
import logging
import mailbox
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from threading import Event

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.test import Client
from django.utils import timezone

from accounts import journal
from accounts.models import ApiToken, Change, IdempotencyKey, Language, Membership, MembershipInvite, User
from core import database, tokens
from exhibitors.models import CompanyInvite, CompanyMember, ConflictOfInterest, Review
from fairs.models import Fair, Room
from operations import checks, erasing
from operations.erasing import emptying, remembering, searching
from operations.erasing.wording import MASK
from operations.management.commands.erase_person import Command
from scheduling import inviting, keys, programming, publishing, subscribing
from scheduling.inviting import Guest
from scheduling.models import Entry, FeedToken, Invitation, Listing, Release, Reply
from tests import texts
from tests.factories import (
    PASSWORD,
    ApplicationFactory,
    CircuitFactory,
    CompanyFactory,
    CompanyMemberFactory,
    CriterionFactory,
    FairFactory,
    InvitationFactory,
    MembershipFactory,
    OrganizerFactory,
    ProductFactory,
    QuestionFactory,
    ReviewFactory,
    SessionFactory,
    StageFactory,
    UserFactory,
    coordinator_of,
)
from tests.races import race
from tests.scanning import difference, dump, places_of
from tests.sessions import another_session_holds
from tests.worker.running import handle_all
from worker import outbox
from worker.models import Handling, Message, Suppression
from worker.outbox import CalendarPart, Draft, Recipient

pytestmark = pytest.mark.django_db

NAME, NAME_EN, ADDRESS, SECOND = "林美華", "Lin Mei-hua", "lin@example.com", "mei-hua@example.net"
WORDS = (NAME, NAME_EN, ADDRESS, SECOND, "0912-345-678")
ROLE = f"otop_eraser_test_{os.getpid()}"


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    """A folder of its own for the list of erasures, and none of a mail catcher."""
    settings.DATA_DIR, settings.MAILDIR = tmp_path, None
    return tmp_path


@pytest.fixture
def lin() -> User:
    return UserFactory(email=ADDRESS, name_zh=NAME, name_en=NAME_EN, phone="0912-345-678", title_zh="負責人")


def erase(user_or_address, **options):
    person = erasing.find(user_or_address) if isinstance(user_or_address, str) else erasing.of(user_or_address)
    return erasing.erase(person, by=None, **options)


# ---- every table ---------------------------------------------------------------------------------------------------


def calendar_mail(receiver: Recipient) -> Message:
    """A mail whose calendar part names Lin in a folded line."""
    text = (
        "BEGIN:VCALENDAR\r\nDESCRIPTION:"
        + "茶" * 21
        + "".join(f"\r\n {sign}" for sign in NAME)
        + "\r\nEND:VCALENDAR\r\n"
    )
    draft = Draft(
        to=receiver,
        context={"presenter": NAME},
        calendar=CalendarPart(method="REQUEST", sequence=1, octets=text.encode()),
    )
    outbox.enqueue_drafts("test", cause=f"reminder:{receiver.email}", drafts=[draft])
    return Message.objects.get(recipient=receiver.email)


@transaction.atomic
def everything_about(lin: User) -> None:
    """A row in every table that can bear a person, with the name and address in every text that can."""
    other = UserFactory(email="chen@example.com", name_zh="陳大文")
    EmailAddress.objects.create(user=lin, email=ADDRESS, verified=True, primary=True)
    EmailAddress.objects.create(user=lin, email=SECOND)
    stage = StageFactory()
    fair, company = stage.fair, CompanyFactory(email=ADDRESS, phone="049-2222-222")
    for role, discipline in (("coordinator", ""), ("expert", "design")):
        MembershipFactory(user=lin, organizer=fair.organizer, role=role, discipline=discipline)
    coordinator = coordinator_of(fair)
    CompanyMemberFactory(company=company, user=lin)
    CompanyMemberFactory(company=company, user=other)
    ProductFactory(company=company)
    in_a_week = timezone.now() + timedelta(days=7)
    asked = {"invited_by": lin, "expires_at": in_a_week}
    for email in (ADDRESS, "wu@example.com"):
        MembershipInvite.objects.create(organizer=fair.organizer, email=email, role="staff", **asked)
        CompanyInvite.objects.create(company=company, email=email, **asked)
    ApiToken.objects.create(user=lin, name=NAME, token_hash=tokens.hash_of("a"))
    FeedToken.objects.create(user=lin, name=NAME, token_hash=tokens.hash_of("b"))
    for user in (lin, coordinator):
        IdempotencyKey.objects.create(user=user, key="k", method_and_path="POST /", body_hash="", content="{}")
    about = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=coordinator, content_type=about, object_id=str(lin.pk), object_repr=NAME, action_flag=CHANGE
    )
    LogEntry.objects.create(user=lin, content_type=about, object_id="1", object_repr="?", action_flag=CHANGE)
    application = ApplicationFactory(company=company, call__fair=fair, contact_name=NAME, contact_email=SECOND)
    ReviewFactory(expert=lin)
    ReviewFactory(expert=lin, application=application, state="submitted", submitted_at=timezone.now())
    ConflictOfInterest.objects.create(expert=lin, company=CompanyFactory())
    QuestionFactory(call=application.call)
    CriterionFactory(call=application.call)
    CircuitFactory(hall__fair=fair)
    Room.objects.create(venue=fair.venue, code="R1", name_zh="一樓")
    session = SessionFactory(stage=stage)
    session.presenters.add(lin)
    programming.release(fair, by=lin)
    invitation = InvitationFactory(fair=fair, email=ADDRESS, name=NAME, user=lin, state="sent", sent_sequence=0)
    InvitationFactory(fair=fair, email=SECOND, name="美華")
    Reply.objects.create(
        digest="0", invitation=invitation, outcome="answered", sender=f"{NAME} <{ADDRESS}>", comment="好"
    )
    Reply.objects.create(digest="1", outcome="unknown", sender=ADDRESS)
    outbox.enqueue("test", cause="reminder:a", to=[Recipient.of(lin)], context={"who": NAME})
    calendar_mail(Recipient(email=SECOND, name=NAME))
    calendar_mail(Recipient.of(other))
    Suppression.objects.create(email=ADDRESS, reason=f"550 {ADDRESS}")
    change = journal.record("fair.edited", fair, by=lin, reason="換人", facts={"days": 3})
    Handling.objects.create(change=change, position=1, about_id=fair.pk, channel="mail", reaction="tell")
    Client().force_login(lin)
    stranger = Client().session
    stranger["account_login"] = {"email": ADDRESS}
    stranger.save()
    cache.set(f"page-of-{ADDRESS}", NAME)


def free_texts() -> list[models.Field]:
    """Every column that can bear a person, but for addresses that the cast above has, and names of things."""
    return [
        field
        for field in texts.written_by_people()
        if f"{field.model._meta.label}.{field.name}" not in texts.ADDRESSES
        and field.model._meta.label_lower not in searching.DERIVED
        and not texts.is_name_of_a_thing(field)
    ]


def fill(field: models.Field, lin: User) -> None:
    """Write name and address into a column of every row, past all guards but the account's own."""
    text = f"一 {NAME}（{ADDRESS}）、{NAME_EN} 與 {SECOND} 一"
    if hasattr(field, "base_field"):
        value = [text[: field.base_field.max_length]]
    elif isinstance(field, models.JSONField):
        value = {"a": text, "b": [text, 1]}
    elif isinstance(field, models.URLField):
        value = f"https://example.com/?to={ADDRESS}"
    else:
        value = text[: field.max_length]
    rows = field.model._base_manager.all()
    rows = rows.exclude(pk=lin.pk) if field.model is User else rows
    rows.update(**{field.name: value})


def publish_everything() -> None:
    """Bring the calendars of all fairs in line, and give their feeds to subscribers."""
    for fair in Fair.objects.all():
        publishing.reconcile_fair(fair)
    for key in [keys.FAIRS, keys.NEWS, *(keys.fair(fair.pk) for fair in Fair.objects.all())]:
        for language in Language:
            publishing.feed_for(key, language)


def test_name_and_address_stand_nowhere_afterwards(lin):
    everything_about(lin)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for field in free_texts():
            fill(field, lin)
        cursor.execute("SET LOCAL session_replication_role = origin")
    publish_everything()
    before = places_of(*WORDS)
    assert {"scheduling_feed.body", "scheduling_feed.gzipped", "scheduling_entry.event_zh", "redis cache"} <= {*before}
    assert {f"{field.model._meta.db_table}.{field.column}" for field in free_texts()} <= {*before}

    erase(lin)

    assert places_of(*WORDS) == []


def test_every_column_that_points_at_a_person_has_a_fate():
    assert {name for name, _, _ in emptying.pointers()} == emptying.FATES.keys()


def test_each_row_that_pointed_at_the_person_meets_its_fate(lin):
    everything_about(lin)
    empty = {name for name, model, column in emptying.pointers() if not model.objects.filter(**{column: lin}).exists()}
    assert empty == {"accounts.User_groups.user", "accounts.User_user_permissions.user"}

    erase(lin)

    left = {name for name, model, column in emptying.pointers() if model.objects.filter(**{column: lin}).exists()}
    assert left == {name for name, fate in emptying.FATES.items() if fate is emptying.Fate.STAYS}


# ---- the journal ---------------------------------------------------------------------------------------------------


def test_the_journal_stays_whole_and_only_reasons_that_name_the_person_are_blank(lin):
    fair = FairFactory()
    named = journal.record("fair.edited", fair, by=lin, reason=f"{NAME}請假", facts={"days": 3})
    fact = journal.record("fair.edited", fair, by=None, facts={"who": ADDRESS, "days": 3})
    other = journal.record("fair.edited", fair, by=lin, reason="颱風")
    Change.objects.filter(pk=named.pk).update(position=1)
    before = list(Change.objects.order_by("pk").values_list("pk", "position", "kind", "by", "at"))

    erase(lin)

    assert (
        list(Change.objects.order_by("pk").values_list("pk", "position", "kind", "by", "at"))[: len(before)] == before
    )
    told = Change.objects.in_bulk()
    assert (told[named.pk].reason, told[named.pk].facts) == ("", {"days": 3})
    assert (told[fact.pk].reason, told[fact.pk].facts) == ("", {"who": "", "days": 3})
    assert (told[other.pk].reason, told[other.pk].by) == ("颱風", lin)
    redacted = Change.objects.filter(kind="change.redacted").values_list("facts__change", flat=True)
    assert sorted(redacted) == sorted([str(named.pk), str(fact.pk)])


def test_that_somebody_was_erased_is_told_with_who_did_it_and_without_whom(lin):
    administrator = UserFactory(is_superuser=True)

    erasing.erase(erasing.of(lin), by=administrator)

    change = Change.objects.get(kind="user.erased")
    assert (change.about_label, change.about_id, change.by, change.facts) == (
        "accounts.user",
        lin.pk,
        administrator,
        {"left": []},
    )
    assert str(User.objects.get(pk=lin.pk)) == "已刪除的人" or str(User.objects.get(pk=lin.pk)) == "Erased person"


def test_a_release_forgets_the_name_and_says_so(lin):
    session = SessionFactory(title_zh=f"{NAME}的茶席", title_en="Tea")
    release = programming.release(session.fair, by=None, note_zh=f"新增{NAME}")

    erase(lin)

    release.refresh_from_db()
    assert (release.note_zh, release.programme[0]["title_zh"], release.programme[0]["title_en"]) == (
        f"新增{MASK}",
        f"{MASK}的茶席",
        "Tea",
    )
    assert Change.objects.filter(kind="release.redacted", about_id=release.pk).count() == 1


def test_a_release_can_be_changed_for_no_other_reason(lin):
    session = SessionFactory()
    release = programming.release(session.fair, by=None)

    for kind, values in (("release.edited", {"note_zh": "改"}), ("release.redacted", {"number": 7})):
        with pytest.raises(DatabaseError, match="a release is unchanging"), transaction.atomic():
            journal.record(kind, release, by=None)
            Release.objects.filter(pk=release.pk).update(**values)


# ---- ways in -------------------------------------------------------------------------------------------------------


def test_nothing_of_the_person_opens_a_door(lin):
    browser = Client()
    browser.force_login(lin)
    ApiToken.objects.create(user=lin, name="x", token_hash=tokens.hash_of("key"))
    _token, raw = subscribing.create_token(lin)
    assert Client().get(f"/feeds/private/{raw}.ics").status_code == 200

    erase(lin)

    assert browser.get("/api/v1/api-tokens/").status_code in (401, 403)
    assert Client().get("/api/v1/api-tokens/", headers={"Authorization": "Bearer key"}).status_code == 401
    assert Client().get(f"/feeds/private/{raw}.ics").status_code == 404
    assert not Client().login(email=ADDRESS, password=PASSWORD)
    assert not Client().login(email=f"{lin.pk}@erased.invalid", password=PASSWORD)


def test_reviews_that_were_not_written_fall_free_and_the_others_stand(lin):
    open_one = ReviewFactory(expert=lin)
    written = ReviewFactory(expert=lin, state="submitted", submitted_at=timezone.now(), advice_zh="盒子太大。")

    erase(lin)

    assert Review.objects.get(pk=open_one.pk).state == "recused"
    written.refresh_from_db()
    assert (written.state, written.advice_zh, written.expert) == ("submitted", "盒子太大。", lin)


def test_the_programme_no_longer_lists_the_person_and_no_release_is_due_for_it(lin):
    session, other = SessionFactory(), UserFactory()
    session.presenters.add(lin, other)
    programming.release(session.fair, by=None)

    erase(lin)

    assert list(session.presenters.all()) == [other]
    assert Listing.objects.get().presenters == [other.pk]
    assert programming.diff(session.fair).is_empty


# ---- mails and invitations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ("queued", "cancelled", ["cancelled"]),
        ("sending", "cancelled", ["failed", "cancelled"]),
        ("failed", "cancelled", ["cancelled"]),
        ("dead", "cancelled", ["queued", "cancelled"]),
        ("sent", "sent", []),
        ("suppressed", "suppressed", []),
        ("cancelled", "cancelled", []),
    ],
)
def test_mails_that_wait_are_cancelled_and_all_are_emptied(lin, before, after, way):
    message = a_mail_to(lin, before)
    told = Change.objects.about(message).count()

    erase(lin)

    message.refresh_from_db()
    assert (message.state, message.user, message.context, message.error) == (after, None, {}, "")
    assert message.recipient == f"{message.pk}@erased.invalid"
    assert [change.after for change in Change.objects.about(message)[told:]] == way


def a_mail_to(user: User, state: str) -> Message:
    """A mail that came to this state as it really would."""
    outbox.enqueue("test", cause="reminder:a", to=[Recipient.of(user)], context={"who": NAME})
    message = Message.objects.get()
    if state == "suppressed":
        Suppression.objects.create(email=message.recipient, reason="550 gone")
        outbox.claim()
    if state == "cancelled":
        outbox.cancel(message, by=None)
    if state in ("sending", "failed", "dead", "sent"):
        (message,) = outbox.claim()
    if state in ("failed", "dead", "sent"):
        outbox.settle(message, state, error="" if state == "sent" else f"451 {user.email}")
    return Message.objects.get(state=state)


def test_a_worker_that_is_sending_meanwhile_records_nothing_over_it(lin):
    outbox.enqueue("test", cause="reminder:a", to=[Recipient.of(lin)], context={})
    (message,) = outbox.claim()
    assert outbox.hold(message)

    erase(lin)

    assert not outbox.hold(message)
    assert not outbox.settle(message, Message.State.FAILED, error=f"451 {ADDRESS}", retry_in=timedelta(0))
    assert (Message.objects.get().state, places_of(ADDRESS)) == ("cancelled", [])


def test_mail_to_others_keeps_what_it_says_but_for_the_name(lin):
    message = calendar_mail(Recipient(email="wu@example.com", name="吳"))

    erase(lin)

    message.refresh_from_db()
    assert (message.state, message.context) == ("queued", {"presenter": MASK, "name": "吳"})
    text = bytes(message.calendar).replace(b"\r\n ", b"").decode()
    assert text == f"BEGIN:VCALENDAR\r\nDESCRIPTION:{'茶' * 21}{MASK}\r\nEND:VCALENDAR\r\n"
    assert max(map(len, bytes(message.calendar).split(b"\r\n"))) <= 75


def test_invitations_are_cancelled_and_their_links_dead(lin):
    fair = FairFactory()
    invitation = InvitationFactory(fair=fair, email=ADDRESS, user=lin, state="accepted", sent_sequence=2)
    other = InvitationFactory(fair=fair, name="王小明")

    erase(lin)

    invitation.refresh_from_db()
    assert (invitation.state, invitation.user, invitation.name, invitation.sent_sequence) == (
        "cancelled",
        None,
        "",
        None,
    )
    assert invitation.link_version == 2
    other.refresh_from_db()
    assert (other.state, other.name) == ("pending", "王小明")


def test_no_mail_follows_when_the_workers_come_to_it(lin):
    session = SessionFactory()
    session.presenters.add(lin)
    programming.release(session.fair, by=None)
    inviting.invite(session.fair, [Guest(email=SECOND, name=NAME)], by=coordinator_of(session.fair))
    handle_all()
    for message in outbox.claim():
        outbox.settle(message, Message.State.SENT)
    sent = Message.objects.count()
    assert sent == 2  # one to the presenter, one to the guest

    erase(lin)
    erase(SECOND)
    handle_all()

    assert (Message.objects.count(), places_of(*WORDS)) == (sent, [])


def test_an_answer_link_leads_to_the_page_that_says_it_is_over(lin):
    invitation = InvitationFactory(email=ADDRESS, name=NAME, user=lin, state="sent")
    link = inviting.link_of(invitation)

    erase(lin)

    opened = inviting.from_link(link.rstrip("/").rpartition("/")[2])
    assert (opened.link, opened.reason) == (inviting.Link.CANCELLED, "")


# ---- calendars -----------------------------------------------------------------------------------------------------


def test_calendars_show_the_session_without_the_name_at_once(lin):
    session = SessionFactory(title_zh=f"{NAME}談茶")
    programming.release(session.fair, by=None)
    publishing.reconcile_fair(session.fair)
    feed = publishing.feed_for(keys.fair(session.fair.pk), Language.ZH)
    entry = Entry.objects.get(kind=Entry.Kind.SESSION)

    erase(lin)

    feed.refresh_from_db()
    told = bytes(feed.body).replace(b"\r\n ", b"").decode()
    assert f"SUMMARY:{MASK}談茶" in told
    assert gzip.decompress(feed.gzipped) == bytes(feed.body)
    new = Entry.objects.get(pk=entry.pk)
    assert (new.uid, new.sequence) == (entry.uid, entry.sequence + 1)


# ---- whose name it is ----------------------------------------------------------------------------------------------


def test_a_company_keeps_its_name_and_texts_that_tell_it(lin):
    company = CompanyFactory(name_zh=f"{NAME}茶行", story_zh=f"{NAME}茶行由{NAME}創立。")
    fair = FairFactory(description_zh=f"{NAME}茶行的展覽")

    erased = erase(lin)

    company.refresh_from_db()
    fair.refresh_from_db()
    assert (company.name_zh, company.story_zh) == (f"{NAME}茶行", f"{NAME}茶行由{MASK}創立。")
    assert fair.description_zh == f"{NAME}茶行的展覽"
    assert erased.left == ()


def test_a_company_that_is_called_like_the_person_is_named_in_the_report(lin):
    CompanyFactory(name_zh=NAME)

    assert erase(lin).left == ("exhibitors.Company.name_zh",)


def test_a_namesake_keeps_the_name_and_the_own_rows_lose_it(lin):
    namesake = UserFactory(name_zh=NAME)
    guest = InvitationFactory(name=NAME)
    mine = CompanyMemberFactory(user=lin, company__story_zh=f"{NAME}的店").company
    CompanyMemberFactory(company=mine)
    other = CompanyFactory(story_zh=f"{NAME}的另一家店")

    erased = erase(lin)

    for row in (namesake, guest, mine, other):
        row.refresh_from_db()
    assert (namesake.name_zh, guest.name) == (NAME, NAME)
    assert (mine.story_zh, other.story_zh) == (f"{MASK}的店", f"{NAME}的另一家店")
    assert erased.is_ambiguous


def test_a_short_name_is_not_looked_for_in_the_texts_of_others():
    user = UserFactory(email=ADDRESS, name_zh="林美", name_en="Mei")
    session = SessionFactory(title_zh="林美說茶", title_en="Mei on tea")
    session.presenters.add(user)
    fair = FairFactory(description_zh="在森林美術館", description_en="Mei River")

    erased = erase(user)

    session.refresh_from_db()
    fair.refresh_from_db()
    assert (session.title_zh, session.title_en) == (f"{MASK}說茶", f"{MASK} on tea")
    assert (fair.description_zh, fair.description_en) == ("在森林美術館", "Mei River")
    assert erased.is_ambiguous


def test_an_address_that_only_ends_alike_stays(lin):
    other = UserFactory(email=f"x.{ADDRESS}")
    fair = FairFactory(description_zh=f"x.{ADDRESS} {ADDRESS}.tw")

    erase(lin)

    other.refresh_from_db()
    fair.refresh_from_db()
    assert (other.email, fair.description_zh) == (f"x.{ADDRESS}", f"x.{ADDRESS} {ADDRESS}.tw")


def test_whoever_is_asked_about_an_application_is_asked_no_more(lin):
    company = CompanyMemberFactory(user=lin).company
    CompanyMemberFactory(company=company)
    own = ApplicationFactory(company=company, contact_name=NAME, contact_email="shop@example.com")
    other = ApplicationFactory(contact_name="吳大", contact_email="wu@example.com")

    erase(lin)

    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.contact_name, own.contact_phone, own.contact_email, own.version) == ("", "", "", 2)
    assert (other.contact_name, other.contact_email, other.version) == ("吳大", "wu@example.com", 1)


def test_a_guest_without_an_account_is_erased_by_address():
    invitation = InvitationFactory(email="guest@example.net", name="山田花子")
    fair = FairFactory(description_zh="山田花子（guest@example.net）")

    erase("Guest@Example.net")

    fair.refresh_from_db()
    assert (places_of("guest@example.net", "山田花子"), fair.description_zh) == ([], f"{MASK}（{MASK}）")
    assert Change.objects.get(kind="user.erased").about_id == invitation.pk


def test_somebody_who_is_only_named_in_texts_is_erased_too():
    fair = FairFactory(description_zh="策展：guest@example.net")
    journal.record("fair.edited", fair, by=None, reason="guest@example.net")

    erase("guest@example.net")

    assert places_of("guest@example.net") == []
    assert Change.objects.get(kind="user.erased").about_id == erasing.NOBODY


def test_what_is_no_address_is_refused_before_anything_is_looked_for():
    for word in ("", "lin", "a@", "林美華"):
        with pytest.raises(erasing.NoAddress):
            erasing.find(word)


# ---- what stands in the way ----------------------------------------------------------------------------------------


def test_nobody_is_left_without_an_owner_or_a_coordinator_unless_somebody_says_so(lin):
    company = CompanyMemberFactory(user=lin, company__name_zh="好茶").company
    CompanyMemberFactory(company=company, role=CompanyMember.Role.MEMBER)
    organizer = MembershipFactory(user=lin, organizer__name_zh="南投縣政府").organizer
    staffed = MembershipFactory(user=lin, role=Membership.Role.STAFF).organizer

    with pytest.raises(erasing.StillNeeded) as refusal:
        erase(lin)

    assert [each.about for each in refusal.value.obstacles] == [company.pk, organizer.pk]
    assert ("好茶" in refusal.value.message, "南投縣政府" in refusal.value.message) == (True, True)
    assert User.objects.get(pk=lin.pk).name_zh == NAME
    erase(lin, leaving=[company.pk, organizer.pk])
    assert Change.objects.get(kind="user.erased").facts == {"left": [str(company.pk), str(organizer.pk)]}
    told = list(Change.objects.filter(kind="membership.removed").values_list("organizer_id", flat=True))
    assert sorted(told) == sorted([organizer.pk, staffed.pk])


def test_an_address_that_is_an_organizers_own_is_never_taken_from_under_it(lin):
    organizer = OrganizerFactory(email=ADDRESS)

    with pytest.raises(erasing.StillNeeded, match=organizer.name_zh):
        erase(lin, leaving=[organizer.pk])

    assert User.objects.get(pk=lin.pk).email == ADDRESS


# ---- twice, at once, and after a restore ---------------------------------------------------------------------------


def test_a_second_run_changes_nothing(lin):
    everything_about(lin)
    erase(lin)
    before = dump()

    erased = erase(ADDRESS)
    erase(User.objects.get(pk=lin.pk))

    assert difference(before) == {}
    assert (erased.change, erased.rows) == (None, 0)
    assert len(remembering.recorded()) == 1


@pytest.mark.django_db(transaction=True)
def test_who_had_read_the_person_before_and_writes_after_leaves_no_trace_either(lin, monkeypatch):
    fair, read, looked_for = FairFactory(), Event(), Event()
    running = database.running_transactions
    monkeypatch.setattr(database, "running_transactions", lambda: (looked_for.set(), running())[1])

    def fill_a_batch() -> None:
        try:
            with transaction.atomic():
                user = User.objects.get(email=ADDRESS)
                read.set()
                looked_for.wait(10)
                InvitationFactory(fair=fair, email=user.email, name=user.name_zh)
                outbox.enqueue("test", cause="batch:1", to=[Recipient(email=user.email)], context={"who": user.name_zh})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        filling = pool.submit(fill_a_batch)
        assert read.wait(10)
        erased = erase(lin)
        looked_for.set()  # were nobody to look, the batch would be written now
        filling.result(10)

    assert (erased.is_settled, places_of(*WORDS)) == (True, [])
    assert (Message.objects.get().state, Invitation.objects.get().state) == ("cancelled", "cancelled")


@pytest.mark.django_db(transaction=True)
def test_one_that_never_ends_is_not_waited_for_for_ever(lin, monkeypatch):
    monkeypatch.setattr(erasing, "PATIENCE", timedelta(0))

    with another_session_holds("SELECT 1"):
        erased = erase(lin)

    assert (erased.is_settled, places_of(*WORDS)) == (False, [])


@pytest.mark.django_db(transaction=True)
def test_two_who_erase_the_same_person_at_once_do_it_once(lin):
    everything_about(lin)
    person = erasing.of(lin)

    race([[lambda: erasing.erase(person, by=None), lambda: erasing.erase(person, by=None)]])

    assert Change.objects.filter(kind="user.erased").count() == 1
    assert places_of(*WORDS) == []


def restore(*tables: str) -> Callable[[], None]:
    """Keeps a copy of these tables; what it gives back puts the copy in their place, as an older back-up would."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TEMP TABLE old_{table} AS TABLE {table}")

    def put_back() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (names of our tables)
                cursor.execute(f"INSERT INTO {table} SELECT * FROM old_{table}")  # noqa: S608
                cursor.execute(f"DROP TABLE old_{table}")
            cursor.execute("SET LOCAL session_replication_role = origin")

    return put_back


def test_whoever_comes_back_with_an_older_backup_is_erased_again(lin):
    guest = InvitationFactory(email="guest@example.net", name="山田花子")
    InvitationFactory(email=ADDRESS, name=NAME, user=lin)
    put_back = restore("accounts_user", "accounts_change", "scheduling_invitation")
    erase(lin)
    erase(guest.email)
    put_back()
    assert places_of(ADDRESS, guest.email) != []
    assert erasing.came_back() == [guest.email, ADDRESS]

    call_command("erase_person", "--again", "--yes", stdout=StringIO())

    assert (places_of(*WORDS, guest.email, guest.name), erasing.came_back()) == ([], [])
    assert len(remembering.recorded()) == 2


def test_the_list_says_who_by_id_and_day_alone(lin, data):
    erase(lin)

    told = (data / "erasures.jsonl").read_text()
    assert json.loads(told) == {"about": "accounts.user", "id": str(lin.pk), "on": timezone.now().date().isoformat()}


def test_a_list_that_was_lost_or_cut_short_is_made_whole_from_the_journal(lin, data):
    erase(lin)
    (data / "erasures.jsonl").write_text('{"about": "accounts.us')

    assert remembering.catch_up() == 1
    assert [erasure.id for erasure in remembering.recorded()] == [str(lin.pk)]


def test_health_and_checks_say_that_somebody_came_back(lin, client):
    put_back = restore("accounts_user")
    erase(lin)
    quiet = checks.nobody_came_back(None, databases=["default"])

    put_back()

    loud = checks.nobody_came_back(None, databases=["default"])
    assert (quiet, [each.id for each in loud], checks.nobody_came_back(None)) == ([], ["operations.E001"], [])
    assert "--again" in client.get("/health/ready").json()["parts"]["erasures"]


# ---- beside the database -------------------------------------------------------------------------------------------


def test_the_catcher_keeps_no_mail_that_bears_the_person(lin, settings, tmp_path):
    settings.MAILDIR = tmp_path / "mail"
    box = mailbox.Maildir(settings.MAILDIR, create=True)
    for to, text in ((ADDRESS, "您好"), ("wu@example.com", f"{NAME}取消了"), ("wu@example.com", "您好")):
        mail = EmailMessage()
        mail["To"], mail["Subject"] = to, "OTOP"
        mail.set_content(text, cte="base64")
        box.add(mail)
    box.add(b"To: =?utf-8?b?\xff?=\n\nbroken")

    erase(lin)

    assert sorted(str(mail["To"]) for mail in box if mail["To"] == "wu@example.com") == ["wu@example.com"]
    assert len(box) == 2


def test_what_is_logged_names_nobody(lin, caplog):
    caplog.set_level(logging.DEBUG)
    everything_about(lin)
    caplog.clear()

    erase(lin)

    told = "\n".join(str(record.__dict__) for record in caplog.records if record.name != "django.db.backends")
    assert "person erased" in told
    assert [word for word in WORDS if word in told] == []


def test_the_database_logs_no_row_that_it_refuses(lin):
    log = Path(os.environ["DATA_DIR"]) / "postgres.log"
    if not log.exists():
        pytest.skip("DATABASE_URL names a server of its own")
    before = log.stat().st_size

    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email=ADDRESS, name_zh=NAME)

    told = log.read_bytes()[before:].decode("utf-8", "replace")
    assert ("accounts_user_email" in told, ADDRESS in told, NAME in told) == (True, False, False)


def test_the_role_of_the_daily_work_may_do_it(lin):
    everything_about(lin)
    call_command("grant_role", "--role", ROLE, stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"SET LOCAL ROLE {ROLE}")

        erase(lin)

        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; RESET ROLE")
    assert places_of(ADDRESS, NAME) == []


# ---- the commands --------------------------------------------------------------------------------------------------


def run(*words: str, command: str = "erase_person") -> str:
    out = StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue()


def test_a_copy_holds_everything_but_what_opens_doors(lin, tmp_path):
    everything_about(lin)
    FairFactory(description_zh=f"策展：{NAME}")

    run(ADDRESS, str(tmp_path / "lin.json"), command="export_person")

    file = tmp_path / "lin.json"
    copy = json.loads(file.read_text())
    assert (copy["account"]["email"], copy["account"]["name_zh"], copy["addresses"]) == (
        ADDRESS,
        NAME,
        [ADDRESS, SECOND],
    )
    assert copy["kept"].keys() == {name for name in emptying.FATES if not name.startswith("accounts.User_")}
    assert [row["description_zh"] for row in copy["mentioned"] if row["table"] == "fairs.Fair"] == [f"策展：{NAME}"]
    assert [secret for secret in (lin.password, tokens.hash_of("a")) if secret in file.read_text()] == []
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError):
        run(ADDRESS, str(file), command="export_person")


def test_the_command_exports_then_erases(lin, tmp_path):
    told = run(ADDRESS, "--yes", "--export", str(tmp_path / "lin.json"), "--by", UserFactory().email)

    assert json.loads((tmp_path / "lin.json").read_text())["account"]["name_zh"] == NAME
    assert (places_of(*WORDS), bool(told)) == ([], True)
    assert Change.objects.get(kind="user.erased").by is not None


def test_the_command_says_where_the_name_stays_and_what_is_still_to_do():
    out = StringIO()
    left = ("exhibitors.Company.name_zh",)

    Command(stdout=out)._report(erasing.Erased(rows=3, left=left, change=1, is_ambiguous=True, is_settled=False))
    lines = out.getvalue().splitlines()

    assert (len(lines), left[0] in lines[2], "3" in lines[1]) == (5, True, True)


@pytest.mark.parametrize(("answer", "is_erased"), [("yes", True), ("no", False), ("", False)])
def test_the_command_asks_on_a_terminal(lin, monkeypatch, answer, is_erased):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: answer)

    with nullcontext() if is_erased else pytest.raises(CommandError):
        run(ADDRESS)

    assert User.objects.filter(erased_at__isnull=False).exists() == is_erased


def test_where_nobody_can_be_asked_the_command_wants_to_be_told(lin, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())

    with pytest.raises(CommandError, match="--yes"):
        run(ADDRESS)

    assert User.objects.get().name_zh == NAME


def test_the_command_leaves_companies_alone_only_if_told(lin):
    CompanyMemberFactory(user=lin)

    with pytest.raises(CommandError, match="--even-if-last"):
        run(ADDRESS, "--yes")
    run(ADDRESS, "--yes", "--even-if-last")

    assert places_of(*WORDS) == []


@pytest.mark.parametrize(
    "words",
    [
        [],
        [ADDRESS, "--again"],
        ["lin"],
        [ADDRESS, "--yes", "--by", "nobody@example.com"],
        [ADDRESS, "--yes", "--export", "/nowhere/lin.json"],
    ],
    ids=["nobody", "two wishes", "no address", "by nobody", "no such folder"],
)
def test_the_command_says_what_it_can_not_do_and_changes_nothing(lin, words):
    with pytest.raises(CommandError):
        run(*words)

    assert User.objects.get().name_zh == NAME


def test_an_address_of_which_nothing_is_known_is_no_error(lin):
    assert run("nobody@example.com", "--yes") == run("nobody@example.com", "--yes") != ""
    assert (run("--again"), Change.objects.filter(kind="user.erased").exists()) != ("", True)
