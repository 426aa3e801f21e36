"""What pages say in small: states, dates, money, places, and the pictures that stand beside numbers."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from accounts.models import Organizer
from core.errors import Gap
from exhibitors.models import Application, Review
from fairs.models import Fair
from scheduling.models import Invitation, Session
from tests.factories import TownFactory
from web import drawing, states, taiwan
from web.forms import ClockField, DayField, HouseForm, LongTextField, MomentField, TextField
from web.templatetags import ui
from worker.models import Message


def english(say):
    with translation.override("en"):
        return say()


# --- States ---


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("fair", Fair),
        ("application", Application),
        ("desk-application", Application),
        ("session", Session),
        ("invitation", Invitation),
        ("review", Review),
        ("message", Message),
    ],
)
def test_every_state_has_a_tone_an_icon_and_a_word_in_both_languages(kind, model):
    for state in model.State.values:
        look = states.look(kind, state)
        with translation.override("en"):
            said = str(look.word)
        with translation.override("zh-hant"):
            assert str(look.word)
        assert said
        assert look.tone in {"good", "wait", "act", "stop", "off"}
        assert f"#i-{look.icon}" in ui.chip(kind, state)


def test_a_state_that_there_is_not_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        states.look("fair", "dancing")


# --- Numbers and days ---


@pytest.mark.parametrize(
    ("value", "said"),
    [(6000, "NT$6,000"), (-1980, "−NT$1,980"), (Decimal("12.50"), "NT$12.5"), (0, "NT$0"), (None, "")],
)
def test_money_has_its_thousands_apart(value, said):
    assert english(lambda: ui.money(value)) == said


@pytest.mark.parametrize(("watts", "said"), [(1500, "1.5 kW"), (2000, "2 kW"), (0, "0 kW"), (None, "")])
def test_power_is_said_in_kilowatts(watts, said):
    assert ui.kilowatts(watts) == said


def test_days_and_moments_are_said_in_the_places_own_time():
    at = datetime(2026, 12, 11, 20, 30, tzinfo=UTC)

    assert english(lambda: ui.day(date(2026, 12, 11))) == "Friday 11 December 2026"
    assert english(lambda: ui.day(at, ZoneInfo("Asia/Taipei"))) == "Saturday 12 December 2026"
    assert ui.clock(at, ZoneInfo("Asia/Tokyo")) == "05:30"
    assert ui.day(None) == ui.moment(None) == ui.clock(None) == ui.iso(None) == ""


def test_a_place_is_said_short():
    town = TownFactory.build(county__name_en="Nantou County")

    assert english(lambda: ui.place(town)) == "Lugu, Nantou"


# --- Fields ---


def clean(field, value):
    try:
        return field.clean(value)
    except forms.ValidationError as error:
        return error.messages[0]


@pytest.mark.parametrize("typed", ["2026-12-11", "115/12/11", "115-12-11", "2026/12/11", " 2026-12-11 "])
def test_a_day_may_be_written_as_people_do(typed):
    assert clean(DayField(), typed) == date(2026, 12, 11)


def test_what_is_no_day_is_said_so():
    assert english(lambda: "day" in clean(DayField(), "soon"))
    assert clean(DayField(required=False), "") is None
    assert clean(DayField(), date(2026, 12, 11)) == date(2026, 12, 11)


@pytest.mark.parametrize(("typed", "at"), [("09:30", time(9, 30)), ("9:30", time(9, 30)), ("18：00", time(18))])
def test_a_time_may_be_written_with_either_colon(typed, at):
    assert clean(ClockField(), typed) == at


def test_what_is_no_time_is_said_so():
    assert english(lambda: clean(ClockField(), "noon")) == "Write a time such as 09:30."
    assert clean(ClockField(required=False), "") is None
    assert clean(ClockField(), time(9)) == time(9)


def test_a_day_without_a_time_means_its_last_minute_in_the_places_zone():
    field = MomentField(zone=UTC)

    assert clean(field, "2026-12-11 17:00") == datetime(2026, 12, 11, 17, tzinfo=UTC)
    assert clean(field, "115/12/11") == datetime(2026, 12, 11, 23, 59, tzinfo=UTC)
    assert english(lambda: clean(field, "2026-12-11 25:00")).startswith("Write a day and a time")
    assert field.prepare_value(datetime(2026, 12, 11, 17, tzinfo=UTC)) == "2026-12-11 17:00"
    assert clean(field, datetime(2026, 12, 11, 17, tzinfo=UTC)).hour == 17


class Form(HouseForm):
    line = TextField()
    prose = LongTextField(required=False)


def test_control_characters_never_come_through_and_lines_stay_only_in_prose():
    form = Form({"line": "a\x00b\nc", "prose": "one\r\ntwo\x07"})

    assert form.is_valid()
    assert "\n" not in form.cleaned_data["line"]
    assert "\x00" not in form.cleaned_data["line"]
    assert form.cleaned_data["prose"] == "one\ntwo"


def test_gaps_of_no_field_stand_above_the_form():
    form = Form({"line": "x"})
    form.is_valid()

    form.add_gaps([Gap("line", "Write more."), Gap("elsewhere", "And elsewhere.")])

    assert [(one.said, one.target) for one in form.problems] == [("Write more.", "id_line"), ("And elsewhere.", "")]


# --- Pictures ---


def test_a_name_in_a_chart_is_escaped_and_cut_where_it_leaves_no_room():
    picture = drawing.lying_bars(
        [drawing.Bar("<b>", 3), drawing.Bar("Vegetables and mushrooms", 1), drawing.Bar("茶", 2, target=3)],
        label='a "label"',
    )

    assert "&lt;b&gt;" in picture
    assert "<b>" not in picture
    assert "Vegetables and mus…" in picture
    assert 'aria-label="a &quot;label&quot;"' in picture
    assert 'class="cut"' in picture


def test_charts_of_nothing_are_empty_and_no_fault():
    assert "<rect" not in drawing.lying_bars([], label="none")
    assert "<rect" not in drawing.standing_bars([], label="none", note="")


def test_scores_below_the_scale_widen_it():
    picture = drawing.score_dots([drawing.ScoreRow("Design", 25.0, [12, 38])], label="scores")

    assert ">10<" in picture
    assert "25.0" in picture


def test_a_qr_code_holds_the_address_and_says_what_it_is():
    assert drawing.qr_code("webcal://example.org/", label="Scan & subscribe").count("<path") == 2


def test_the_map_knows_every_county_that_has_a_shape():
    shapes = taiwan.taiwan()

    assert len({outline.code for outline in shapes.outlines}) == 22


def test_data_for_machines_can_not_end_its_block():
    said = ui.json_ld({"name": "</script>&"})

    assert "</script>&" not in str(said).removesuffix("</script>")


def test_a_text_without_english_is_shown_in_chinese():
    organizer = Organizer(name_zh="經發局", name_en="")

    said = english(lambda: Template('{% load ui %}{% text one "name" %}').render(Context({"one": organizer})))

    assert said == "經發局"
