"""Which rows of applications are right, beyond the file that users sent."""

from datetime import timedelta

import pytest

from core.importing import read_file
from exhibitors.application_rows import ApplicationImporter, Asked, Fairground
from tests.imports import TODAY, codes

WHY = Asked(key="why", kind="text", is_required=True, labels=("為何參加？",), max_length=5)
LONG = Asked(key="story", kind="text")
NEW = Asked(key="new", kind="yesno", is_required=True, labels=("新品",))
DRINK = Asked(
    key="drink", kind="choice", labels=("飲料",), choices={"tea": ("茶、咖啡", "Tea"), "wine": ("酒", "Wine")}
)
TONGUES = Asked(
    key="tongues", kind="multichoice", labels=("語言",), choices={"zh": ("華語",), "hak": ("客語", "Hakka")}
)
COUNT = Asked(key="count", kind="number", labels=("數量",))
WATER = Asked(key="water", kind="text", labels=("水從哪裡來",))


def fair(*questions: Asked, slug: str = "tea-fair", name: str = "茶展", state: str = "announced") -> Fairground:
    """A fair whose call is open."""
    return Fairground(
        slug=slug,
        names=(name, ""),
        state=state,
        opens_at=TODAY - timedelta(days=1),
        closes_at=TODAY + timedelta(days=1),
        max_booths=2,
        questions=questions,
    )


def read(headings: str, *rows: str, fairs=None, questions=()):
    """What comes of these applications."""
    importer = ApplicationImporter(
        fairs=fairs or [fair(*questions)],
        companies={"00878525": "C001", "00656713": "C005", "00840633": "C009"},
        applied={("tea-fair", "C005")},
        now=TODAY,
    )
    return read_file(importer, "\n".join([f"fair,ubn,booths_wanted{headings}", *rows]).encode(), name="a.csv")


def answers(headings: str, row: str, *questions: Asked) -> object:
    """The answers of one application to these questions."""
    (application,) = read(headings, row, questions=questions).accepted
    return application.values["answers"]


def reasons(headings: str, row: str, *questions: Asked) -> object:
    """Why one application is refused."""
    return codes(read(headings, row, questions=questions))[2]


@pytest.mark.parametrize("name", ["tea-fair", "TEA-FAIR", "茶展", " 茶展 "])
def test_a_fair_is_known_by_its_short_name_and_its_name(name):
    (application,) = read("", f"{name},00878525,1").accepted

    assert application.values == {
        "fair": "tea-fair",
        "company_id": "C001",
        "booths_wanted": 1,
        "answers": {},
    }


def test_two_fairs_of_one_name_are_told_apart_by_their_short_names():
    fairs = [fair(slug="one"), fair(slug="two")]

    assert codes(read("", "茶展,00878525,1", fairs=fairs)) == {2: [("fair", "unknown_fair")]}
    assert read("", "two,00878525,1", fairs=fairs).accepted[0].values["fair"] == "two"


@pytest.mark.parametrize(
    ("state", "opens", "closes", "code"),
    [
        ("announced", 0, 1, None),
        ("announced", -1, 0, "call_closed"),
        ("announced", 1, 2, "call_not_open"),
        ("announced", None, None, "call_not_open"),
        ("closed", -1, 1, "call_closed"),
        ("cancelled", -1, 1, "fair_cancelled"),
        ("draft", -1, 1, "call_not_open"),
    ],
)
def test_a_call_takes_applications_from_its_opening_to_just_before_its_close(state, opens, closes, code):
    ground = Fairground(
        slug="f",
        names=(),
        state=state,
        opens_at=None if opens is None else TODAY + timedelta(days=opens),
        closes_at=None if closes is None else TODAY + timedelta(days=closes),
    )

    assert ground.closed_because(TODAY) == code


def test_a_company_is_known_by_its_ubn_and_applies_once():
    outcome = read(
        "",
        "tea-fair,840633,1",
        "tea-fair,00840633,1",
        "tea-fair,00656713,1",
        "tea-fair,00541060,1",
        "tea-fair,00365402,1",
        "tea-fair,,1",
        ",00878525,",
    )

    assert [(row.values["company_id"], row.notices) for row in outcome.accepted] == [("C009", ["ubn_padded"])]
    assert codes(outcome) == {
        3: [("ubn", "duplicate_in_file")],
        4: [("ubn", "already_applied")],
        5: [("ubn", "unknown_company")],
        6: [("ubn", "ubn_checksum")],
        7: [("ubn", "required")],
        8: [("fair", "required"), ("booths_wanted", "required")],
    }


def test_needs_are_read_and_kept_to_sense():
    headings = ",power_kw,water,flame,fee_limit_twd"

    (application,) = read(headings, 'tea-fair,00878525,2,2.2,V,,"NT$36,000"').accepted

    assert [application.values[key] for key in ("water", "flame", "fee_limit_twd")] == [True, False, 36000]
    assert str(application.values["power_kw"]) == "2.2"
    assert reasons(headings, "tea-fair,00878525,2,-1,也許,,1.5") == [
        ("power_kw", "over_limit"),
        ("water", "answer_choice"),
        ("fee_limit_twd", "not_a_number"),
    ]


def test_questions_are_known_by_key_words_and_the_headings_of_our_form():
    row = "tea-fair,00878525,1,好,是"

    assert answers(",why,新品", row, WHY, NEW) == {"why": "好", "new": True}
    assert answers(",為何參加,新品", row, WHY, NEW) == {"why": "好", "new": True}
    assert answers(",為何參加？,new", row, WHY, NEW) == {"why": "好", "new": True}


def test_an_empty_cell_is_no_to_a_yes_or_no_question_and_no_answer_to_any_other():
    headings, blank = ",new,drink,tongues,count,story", "tea-fair,00878525,1,,,,,"

    assert answers(headings, blank, NEW, DRINK, TONGUES, COUNT, LONG) == {
        "new": False,
        "drink": None,
        "tongues": [],
        "count": None,
        "story": None,
    }
    assert reasons(",why", "tea-fair,00878525,1,", WHY) == [("why", "answer_missing")]


def test_a_question_without_a_column_is_not_answered():
    assert answers("", "tea-fair,00878525,1", DRINK) == {}
    assert reasons("", "tea-fair,00878525,1", NEW, WHY) == [("new", "answer_missing"), ("why", "answer_missing")]


def test_a_choice_may_hold_what_stands_between_choices():
    assert answers(",drink", "tea-fair,00878525,1,茶、咖啡", DRINK) == {"drink": "tea"}
    assert answers(",tongues", "tea-fair,00878525,1,客語；HAKKA|zh", TONGUES) == {"tongues": ["hak", "zh"]}
    assert reasons(",tongues", "tea-fair,00878525,1,客語、法語", TONGUES) == [("tongues", "answer_choice")]


def test_answers_keep_to_their_limits():
    assert answers(",why,count", 'tea-fair,00878525,1,一二三四五,"1,200.5"', WHY, COUNT) == {
        "why": "一二三四五",
        "count": 1200.5,
    }
    assert reasons(",why", "tea-fair,00878525,1,一二三四五六", WHY) == [("why", "answer_too_long")]
    assert reasons(",story", f"tea-fair,00878525,1,{'長' * 4001}", LONG) == [("story", "answer_too_long")]


def test_a_question_named_like_a_column_of_every_application_is_known_by_its_words():
    assert answers(",water,水從哪裡來", "tea-fair,00878525,1,是,井", WATER) == {"water": "井"}


def test_a_question_that_the_call_does_not_ask_is_passed_over():
    fairs = [fair(WHY), fair(DRINK, slug="wine-fair", name="酒展")]

    (first, second) = read(",why,drink", "tea-fair,00878525,1,好,酒", "wine-fair,00878525,1,,酒", fairs=fairs).accepted

    assert (first.values["answers"], second.values["answers"]) == ({"why": "好"}, {"drink": "wine"})
