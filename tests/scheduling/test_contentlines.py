"""Lines of iCalendar: what is written can be read back, and nothing that would mislead a reader is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import contentlines
from scheduling.contentlines import Line, Unrenderable

CONTROLS = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u2028", "\u2029", "\ud800", "\udfff"]
plain = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")))


def read(rendered: bytes) -> Line:
    [unfolded] = contentlines.unfold(rendered.decode())
    line = contentlines.read_line(unfolded)
    assert line
    return line


@settings(deadline=None)
@given(plain.filter(str.strip), plain)
def test_a_text_and_its_parameter_come_back_as_they_were(text, parameter):
    line = read(contentlines.text_line("SUMMARY", text, {"X-NOTE": parameter}))

    assert (line.name, line.text) == ("SUMMARY", text)
    assert line.parameters == {"X-NOTE": (parameter.replace("\\", "＼"),) if parameter else ()}


@settings(deadline=None)
@given(st.lists(plain.filter(str.strip), min_size=1, max_size=5))
def test_a_list_of_texts_comes_back_as_it_was(texts):
    assert contentlines.split_texts(read(contentlines.texts_line("CATEGORIES", tuple(texts))).value) == texts


@settings(deadline=None)
@given(plain)
def test_lines_have_75_octets_at_most_and_break_between_characters(text):
    lines = contentlines.long_text_line("DESCRIPTION", "x" + text).split(b"\r\n")

    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    assert all(part.decode() for part in lines)  # would raise if a character were cut
    assert all(part.startswith(b" ") for part in lines[1:])


def test_backslash_and_capital_n_stay_two_characters():
    assert contentlines.text_line("LOCATION", r"C:\New") == b"LOCATION:C:\\\\New\r\n"


@pytest.mark.parametrize(
    "write",
    [
        lambda text: contentlines.text_line("X", text),
        lambda text: contentlines.text_line("X", "said", {"CN": text}),
        lambda text: contentlines.texts_line("X", ("good", text)),
        lambda text: contentlines.uri_line("X", f"https://example.org/{text}"),
        lambda text: contentlines.address_line("X", f"a{text}b@example.org", {}),
        lambda text: contentlines.address_line("X", "a@example.org", {"CN": text}),
    ],
    ids=["text", "parameter", "list", "uri", "address", "name"],
)
def test_a_control_character_is_refused_wherever_it_stands(write):
    for control in CONTROLS:
        with pytest.raises(Unrenderable) as refusal:
            write(f"before{control}BEGIN:VALARM")

        assert refusal.value.property == "X"
        assert str(refusal.value) == f"X: the character U+{ord(control):04X} cannot stand in a calendar"


def test_a_long_text_may_have_line_feeds_and_tabs_and_no_other_control_character():
    assert contentlines.long_text_line("X", "one\ntwo\tthree") == b"X:one\\ntwo\tthree\r\n"
    for control in CONTROLS:
        if control not in "\n\t":
            with pytest.raises(Unrenderable, match="X: the character"):
                contentlines.long_text_line("X", f"one{control}two")


@pytest.mark.parametrize("nothing", ["", "   ", "\u3000"])
def test_a_blank_text_leaves_no_line(nothing):
    assert contentlines.text_line("X", nothing) == b""
    assert contentlines.long_text_line("X", nothing) == b""
    assert contentlines.texts_line("X", (nothing,)) == b""
    assert contentlines.texts_line("X", ("tea", nothing)) == b"X:tea\r\n"
    assert contentlines.uri_line("X", "") == b""


@pytest.mark.parametrize(
    "uri",
    [
        "/fairs/",
        "javascript:alert(1)",
        "data:text/html,hello",
        "https://",
        "https://example.org/a b",
        "https://example.org/茶",
        'https://example.org/"',
        "https://example.org/\\n",
        " https://example.org/",
    ],
)
def test_an_address_that_a_calendar_should_not_open_is_refused(uri):
    with pytest.raises(Unrenderable) as refusal:
        contentlines.uri_line("URL", uri)

    assert refusal.value.property == "URL"


@pytest.mark.parametrize("uri", ["https://example.org/a,b;c?d=%2C#e", "tel:+886-2-2366-2211", "http://[2001:db8::1]/"])
def test_an_address_stands_as_it_is(uri):
    assert contentlines.uri_line("URL", uri) == f"URL:{uri}\r\n".encode()


@pytest.mark.parametrize("address", ["", "lin", "lin@", "@b", "a b@c", "a@b@c", "<a@b>", "a,b@c", f"{'a' * 250}@b.tw"])
def test_what_is_no_mail_address_is_refused(address):
    with pytest.raises(Unrenderable, match="ORGANIZER: this is no mail address"):
        contentlines.address_line("ORGANIZER", address, {})


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("lin+fair@example.org", "lin+fair@example.org"),
        ("50%?off@example.org", "50%25%3Foff@example.org"),
        ("a&b=c@example.org", "a%26b%3Dc@example.org"),
        ("林@example.org", "%E6%9E%97@example.org"),
    ],
)
def test_a_mail_address_is_written_as_a_mailto_address_and_comes_back(address, written):
    line = read(contentlines.address_line("ORGANIZER", address, {}))

    assert line.value == f"mailto:{written}"
    assert contentlines.read_address(line.value) == address


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("MAILTO:Lin@Example.ORG", "Lin@example.org"),
        (" mailto:lin@example.org ", "lin@example.org"),
        ("lin@example.org", None),
        ("http://lin@example.org", None),
        ("mailto:", None),
        ("mailto:lin%0D%0A@example.org", None),
        ("mailto:lin%FF@example.org", "lin\ufffd@example.org"),
        ("mailto:a@b@example.org", None),
        (f"mailto:{'林' * 90}@example.org", None),
    ],
)
def test_an_address_is_read_only_from_a_mailto_address(value, address):
    assert contentlines.read_address(value) == address


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("summary:a:b;c", Line("SUMMARY", {}, "a:b;c")),
        ("X;a=1;B=2,3:v", Line("X", {"A": ("1",), "B": ("2", "3")}, "v")),
        ('X;CN="a;b:c,d":v', Line("X", {"CN": ("a;b:c,d",)}, "v")),
        ("X;CN=a^'b^^c^nd^e:v", Line("X", {"CN": ('a"b^c\nd^e',)}, "v")),
        ("X;CN=Chen, Ann:v", Line("X", {"CN": ("Chen", " Ann")}, "v")),
        ("X:", Line("X", {}, "")),
        ("X", None),
        ("", None),
        (":v", None),
        ('X;CN="never closed:v', None),
        ("X Y:v", None),
    ],
)
def test_a_line_is_read_in_its_parts_or_not_at_all(text, line):
    assert contentlines.read_line(text) == line


def test_lines_are_unfolded_whatever_ends_them():
    assert list(contentlines.unfold("A:1\r\n 2\r\n\r\nB:3\n\t4\nC:5")) == ["A:12", "B:34", "C:5"]


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from('AX;:="^,\\ \t\r\nmailto@n')))
def test_any_text_can_be_read_without_an_error(text):
    for content in contentlines.unfold(text):
        line = contentlines.read_line(content)
        assert line is None or content.upper().startswith(line.name)


def test_a_value_that_was_rendered_elsewhere_cannot_begin_another_line():
    for breaking in (b"\n", b"\r", b"\x0b"):
        with pytest.raises(Unrenderable, match="RRULE"):
            contentlines.line("RRULE", b"FREQ=YEARLY" + breaking + b"ATTENDEE:mailto:all@example.org")
