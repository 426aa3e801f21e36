"""A message becomes a mail that nobody can bend."""

import re
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from worker import letters, rendering, unsubscribing
from worker.kinds import KINDS
from worker.models import Message
from worker.rendering import Unbuildable, build, harmless, preview, render

SITE = "http://localhost:8000"
HOSTILE = (
    '<script>pwned()</script><a href="https://evil.test/x">press</a> https://evil.test/y www.evil.test evil.test '
    "javascript:pwned() [press](https://evil.test/z) {url} {{ settings.SECRET_KEY }} & \"quotes\" 'single' 福"
)
TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "div",
    "table",
    "tr",
    "td",
    "span",
    "h1",
    "h2",
    "p",
    "a",
    "br",
}


def message(kind="test", *, language="en", name="貴賓", recipient="guest@example.net", context=None, **values):
    """A row as the outbox has it, without the database."""
    context = {"organizer_zh": "主辦機關", "organizer_en": "Organizer", "name": name} | (context or {})
    return Message(
        kind=kind,
        language=language,
        recipient=recipient,
        context=context,
        message_id="<1@example.org>",
        created_at=timezone.now(),
        **values,
    )


def hostile_context(kind):
    """Everything that the letter needs, and everything in it wants to be more than text."""
    letter = letters.letter(kind, "zh")
    addresses = {name for part in letter.parts if part.form == "buttons" for _, name in part.pairs}
    values = {name: f"{SITE}/somewhere/" if name in addresses else HOSTILE for name in letter.names}
    return values | {"organizer_zh": HOSTILE, "organizer_en": HOSTILE}


class Reader(HTMLParser):
    """What a mail program would make of the HTML."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.links, self.text, self.handlers = set(), [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in ("href", "src", "background", "action")]
        self.handlers += [name for name, _ in attributes if name.startswith("on")]

    def handle_data(self, data):
        self.text.append(data)


def parsed(message):
    """The mail as its receiver's program reads it."""
    return message_from_bytes(build(message).as_bytes(), policy=default)


def body_of(mail, subtype):
    return mail.get_body((subtype,)).get_content()


# ---- hostile values, in every letter ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hant", "en", ""])
@pytest.mark.parametrize("kind", KINDS)
def test_in_no_letter_is_what_people_wrote_markup_or_a_link(kind, language):
    mail = parsed(message(kind, language=language, name='"; <x@evil.test>', context=hostile_context(kind)))

    html, text = Reader(body_of(mail, "html")), body_of(mail, "plain")
    assert (html.tags - TAGS, html.handlers) == (set(), [])
    assert [link for link in html.links if not link.startswith(f"{SITE}/")] == []
    assert [link for link in re.findall(r"\w+://[^\s<>]+", text) if not link.startswith(f"{SITE}/")] == []
    # Gmail and others link what merely looks like an address.
    for shown in ("".join(html.text), text):
        assert re.findall(r"(?:https?:|javascript:)/?/?\w|www\.\w|evil\.test", shown.replace(f"{SITE}/", "")) == []
    assert {name: mail[name].defects for name in ("From", "To", "Subject")} == {"From": (), "To": (), "Subject": ()}
    assert [address.addr_spec for address in mail["To"].addresses] == ["guest@example.net"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_people_wrote_is_still_there_to_be_read(kind):
    written = {
        name: f"{SITE}/there/" if value.startswith(SITE) else "Ātea & <b>bold</b>, “quoted” 福"
        for name, value in hostile_context(kind).items()
    }

    rendered = render(message(kind, context=written))

    assert re.findall(r"\{[a-z_]+\}", rendered.text + rendered.html + rendered.subject) == []
    assert "Ātea & <b>bold</b>, “quoted” 福" in rendered.text
    assert "Ātea &amp; &lt;b&gt;bold&lt;/b&gt;, “quoted” 福" in rendered.html


def test_a_button_that_leads_to_a_foreign_place_is_not_built():
    for address in (
        "https://evil.test/",
        f"{SITE}.evil.test/",
        f"{SITE}@evil.test/",
        "javascript:x",
        f"{SITE}/a b",
        "",
    ):
        with pytest.raises(Unbuildable, match="foreign place"):
            render(message("password-reset", context={"email": "a@example.net", "url": address}))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https://evil.test/a", "https:\u2060//evil.\u2060test/a"),
        ("see www.evil.test", "see www.\u2060evil.\u2060test"),
        ("javascript:x", "javascript:\u2060x"),
        ("時間：10:00–18:00", "時間：10:00–18:00"),
        ("82.5", "82.5"),
        ("guest@example.net", "guest@example.net"),
        ("茶\x0b碗\u2028", "茶碗"),
    ],
)
def test_what_looks_like_an_address_is_broken_without_being_seen(written, shown):
    assert harmless(written) == shown


# ---- languages -------------------------------------------------------------------------------------------------


def test_an_account_holder_reads_one_language_and_others_both_chinese_first():
    chinese, english, both = (render(message(language=language)) for language in ("zh-hant", "en", ""))

    assert (chinese.subject, english.subject, both.subject) == ("測試信", "Test mail", "測試信 / Test mail")
    assert "arrived" not in chinese.text + chinese.html
    assert "信寄到了" not in english.text + english.html
    assert both.text.index("信寄到了") < both.text.index("The mail arrived")
    assert both.html.index("信寄到了") < both.html.index("The mail arrived")
    assert (both.html.count("<h1"), both.html.count("<h2"), both.html.count('lang="en"')) == (1, 1, 3)


def test_each_language_has_its_own_values():
    both = render(message(language="", context={"organizer_zh": "經發局", "organizer_en": "Economy Bureau"}))

    assert "由 經發局 的操作人員" in both.text
    assert "an operator of Economy Bureau" in both.text


# ---- the form of the mail --------------------------------------------------------------------------------------


def test_a_mail_is_text_and_html_with_no_picture_and_says_that_a_machine_wrote_it():
    mail = parsed(message(request_id="a-request"))

    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert "<img" not in body_of(mail, "html")
    assert (mail["Auto-Submitted"], mail["X-Request-ID"], mail["Message-ID"]) == (
        "auto-generated",
        "a-request",
        "<1@example.org>",
    )
    assert mail["List-Unsubscribe"] is None
    assert mail["Reply-To"] is None


def test_the_sender_is_the_organizer_at_our_own_address():
    ours = parsed(message(context={"organizer_en": "Economy Bureau, <evil@evil.test>"}))
    nobody = parsed(message("password-changed", context={"organizer_zh": "", "organizer_en": "", "email": "a@b.test"}))

    assert [(a.display_name, a.addr_spec) for a in ours["From"].addresses] == [
        ("Economy Bureau, <evil@evil.test>", "fairs@example.org")
    ]
    assert str(nobody["From"]) == "OTOP Fairs <fairs@example.org>"


def test_a_calendar_mail_is_imip_with_the_method_and_answers_to_a_secret_address():
    event = "BEGIN:VCALENDAR\r\nSUMMARY:茶席\r\nEND:VCALENDAR\r\n"
    mail = parsed(message(calendar=event.encode(), calendar_method="REQUEST", reply_to="fairs+secret@example.org"))

    *_, calendar = mail.iter_parts()
    assert calendar.get_content_type() == "text/calendar"
    assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST", "component": "VEVENT"}
    assert calendar.get_content().replace("\r\n", "\n") == event.replace("\r\n", "\n")
    assert str(mail["Reply-To"]) == "fairs+secret@example.org"


def test_the_calendar_part_goes_out_with_its_own_line_ends():
    event = b"BEGIN:VCALENDAR\r\nSUMMARY:x\r\nEND:VCALENDAR\r\n"
    mail = parsed(message(calendar=event, calendar_method="REQUEST"))

    *_, calendar = mail.iter_parts()
    assert calendar.get_payload(decode=True) == event


def test_only_what_is_not_transactional_can_be_unsubscribed_and_in_one_click():
    optional = {kind for kind in KINDS if parsed(message(kind, context=hostile_context(kind)))["List-Unsubscribe"]}
    mail = build(
        message(
            "desk-digest", recipient="a-very-long-name-of-a-person@example.net", context=hostile_context("desk-digest")
        )
    )

    assert optional == {"desk-digest", "fair-invitation"}
    raw = mail.as_bytes().replace(b"\r\n", b"\n").split(b"\n\n")[0].decode()
    address = re.search(r"^List-Unsubscribe: <(.+)>$", raw, re.MULTILINE)[1]
    assert unsubscribing.read(address.removeprefix(f"{SITE}/mail/stop/").rstrip("/")) == (
        "a-very-long-name-of-a-person@example.net",
        "desk-digest",
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_preview_at_the_desk_has_no_link_that_answers_for_the_receiver():
    context = hostile_context("fair-invitation") | {"accept": f"{SITE}/a/secret/"}

    shown = preview(message("fair-invitation", context=context))

    assert "secret" not in shown
    assert Reader(shown).links == []


def test_the_text_lines_up_facts_by_the_width_of_characters():
    context = {"email": "a@example.net", "url": f"{SITE}/r/"}

    text = render(message("address-verification", language="zh-hant", context=context)).text

    assert "請確認電子郵件地址\n==================\n" in text
    assert f"確認地址\n{SITE}/r/\n" in text
    assert text.endswith("\n-- \n主辦：主辦機關\n")


# ---- what can't be built ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"kind": "no-such-kind"}, "no text for mails of this kind"),
        ({"context": {"organizer_en": "Bureau\r\nBcc: a@evil.test"}, "kind": "desk-digest"}, "missing"),
        ({"name": "林\x0b師傅"}, "control character"),
        ({"name": "a\r\nBcc: x@evil.test"}, "control character"),
        ({"recipient": "no address"}, "no address"),
        ({"recipient": "guest@example.net\nBcc: x@evil.test"}, "no address"),
        ({"recipient": "福@example.net"}, "no address"),
        ({"recipient": f"{'x' * 300}@example.net"}, "longer than 254"),
        ({"calendar_method": "REQUEST"}, "calendar part"),
        ({"calendar_method": "REQUEST", "calendar": b"\xff"}, "calendar part"),
    ],
)
def test_a_message_that_cannot_be_a_mail_says_why(values, reason):
    with pytest.raises(Unbuildable, match=reason):
        build(message(**values))


def test_a_subject_with_a_control_character_is_refused():
    context = {"inviter": "a\x0bb", "role": "r", "expires": "e", "url": f"{SITE}/i/"}

    with pytest.raises(Unbuildable, match="subject"):
        build(message("membership-invite", context=context))


def test_a_subject_that_never_ends_is_cut():
    context = {"inviter": "很長" * 300, "role": "r", "expires": "e", "url": f"{SITE}/i/"}

    subject = parsed(message("membership-invite", language="zh-hant", context=context))["Subject"]

    assert len(subject) == rendering.LONGEST_SUBJECT


@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60),
    fair=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=80),
)
def test_whatever_the_names_are_the_headers_say_them_and_nothing_else(name, fair):
    context = {"inviter": fair, "role": "r", "expires": "e", "url": f"{SITE}/i/"}

    mail = parsed(message("membership-invite", name=name, context=context))

    assert [address.addr_spec for address in mail["To"].addresses] == ["guest@example.net"]
    assert set(mail.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("MIME-Version", "Content-Type"),
    }
    assert mail["Bcc"] is None
