"""The rows of files with applications: what their columns mean, and which are right.

A list that was gathered on paper or in a form of one's own becomes applications that were handed in. Its columns are
those of every application and one for each question of a call, by the question's key or its own words.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext_lazy as _

from core.cells import Cell, CellRefused, code_text, free_text, number, one_line, raw_text, whole_number, yes_or_no
from core.importing import Column, Record
from core.reasons import Reasons
from core.tables import MAX_BYTES
from exhibitors.company_rows import COMPANY_REASONS, UBN_HEADINGS
from exhibitors.ubn import read_ubn

MOST_POWER = 1_000  # kW
MOST_MONEY = 2_000_000_000  # what a column of whole numbers holds
LONGEST_ANSWER = 4_000  # characters, where the question sets no limit

APPLICATION_REASONS: Reasons = {
    **COMPANY_REASONS,
    "unknown_company": _("There is no company with this UBN. Import the company first."),
    "unknown_fair": _("You run no fair of this short name or name."),
    "call_closed": _("The call for this fair is over."),
    "call_not_open": _("The call for this fair has not begun."),
    "fair_cancelled": _("This fair is cancelled."),
    "already_applied": _("This company has an application to this fair already."),
    "answer_missing": _("This question must be answered."),
    "answer_too_long": _("This answer is longer than the question allows. Shorten it."),
    "answer_choice": _("This is none of the choices. Use one of the form’s words."),
}

# How the programme's own gathering form calls the questions that most calls ask.
_FORM_HEADINGS: Mapping[str, Sequence[str]] = {
    "why": ("為何參加",),
    "new_product": ("發表新產品",),
    "activity": ("攤位活動",),
    "languages": ("語言",),
    "monthly_capacity": ("每月供貨量",),
    "export_ready": ("備有外銷報價單",),
}
_COLUMNS = (
    Column("fair", ("展售會", "展會", "fair name"), obligatory=True),
    Column("ubn", UBN_HEADINGS, obligatory=True, guarded=True),
    Column("booths_wanted", ("攤位數", "booths", "booths wanted"), obligatory=True),
    Column("power_kw", ("電力需求kW", "電力需求", "power")),
    Column("water", ("用水", "needs water")),
    Column("flame", ("用火", "明火", "open flame")),
    Column("fee_limit_twd", ("攤位費上限", "fee limit")),
)
_OWN_COLUMNS = frozenset(column.name for column in _COLUMNS)
_BETWEEN_CHOICES = re.compile(r"[、,;/|\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of a call, as far as an answer is concerned. `choices`: value to its names."""

    key: str
    kind: str
    is_required: bool = False
    labels: Sequence[str] = ()
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairground:
    """A fair that takes applications or not: its names, its call and what that asks. `state` is the fair's."""

    slug: str
    names: Sequence[str]
    state: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    max_booths: int = 1
    questions: Sequence[Asked] = ()

    def closed_because(self, now: datetime) -> str | None:
        """The code why no application can be handed in now; None if it can."""
        if self.state == "cancelled":
            return "fair_cancelled"
        if self.state == "closed" or (self.closes_at is not None and now >= self.closes_at):
            return "call_closed"
        if self.state != "announced" or self.opens_at is None or now < self.opens_at:
            return "call_not_open"
        return None


class ApplicationImporter:
    """Applications of companies that are here to fairs whose call is open."""

    name = "import_applications"
    reasons = APPLICATION_REASONS

    def __init__(
        self,
        *,
        fairs: Iterable[Fairground],
        companies: Mapping[str, str],
        applied: Collection[tuple[str, str]],
        now: datetime,
    ) -> None:
        """`fairs`: those that the importer runs. `companies`: UBN to id. `applied`: fair's slug and company's id."""
        self._fairs = tuple(fairs)
        self._companies, self._applied, self._now = companies, applied, now
        self._by_slug = {fair.slug: fair for fair in self._fairs}
        names = Counter(_folded(name) for fair in self._fairs for name in set(fair.names))
        # Two fairs of one name: only the short name tells which is meant.
        self._by_name = {
            _folded(name): fair for fair in self._fairs for name in fair.names if name and names[_folded(name)] == 1
        }
        self.columns = (*_COLUMNS, *_answer_columns(self._fairs))

    def read(self, record: Record) -> None:
        """One application."""
        fair = self._fair(record)
        company = self._company(record)
        record.keep("booths_wanted", partial(whole_number, least=1, most=fair.max_booths if fair else 99))
        record.keep("power_kw", partial(number, least=0, most=MOST_POWER), blank=Decimal(0))
        record.keep("water", yes_or_no, blank=False)
        record.keep("flame", yes_or_no, blank=False)
        record.keep("fee_limit_twd", partial(whole_number, least=0, most=MOST_MONEY))
        if fair is None:
            return
        record.values["answers"] = _answers(record, fair.questions)
        if company is None:
            return
        if (fair.slug, company) in self._applied:
            record.fail("ubn", "already_applied")
        else:
            record.claim("ubn", (fair.slug, company))

    def _fair(self, record: Record) -> Fairground | None:
        """The fair whose call takes the row; None with the reason if there is none."""
        name = record.take("fair", partial(one_line, max_length=200))
        if name is None:
            return None
        fair = self._by_slug.get(code_text(name).casefold()) or self._by_name.get(_folded(name))
        if fair is None:
            record.fail("fair", "unknown_fair")
        elif reason := fair.closed_because(self._now):
            record.fail("fair", reason)
        else:
            record.values["fair"] = fair.slug
            return fair
        return None

    def _company(self, record: Record) -> str | None:
        """The id of the company; None with the reason if there is none."""
        taken = record.take("ubn", read_ubn)
        if taken is None:
            return None
        ubn, was_padded = taken
        company = self._companies.get(ubn)
        if company is None:
            record.fail("ubn", "unknown_company")
            return None
        if was_padded:
            record.notice("ubn_padded")
        record.values["company_id"] = company
        return company


def _folded(name: str) -> str:
    return code_text(name).casefold()


def _answer_columns(fairs: Iterable[Fairground]) -> Iterator[Column]:
    """A column for each question, asked by whichever call: the same key is the same column."""
    headings = defaultdict[str, list[str]](list)
    for fair in fairs:
        for question in fair.questions:
            headings[question.key] += question.labels
    for key, labels in headings.items():
        yield Column(_column(key), (key, *_FORM_HEADINGS.get(key, ()), *labels))


def _column(key: str) -> str:
    """The column of a question; one whose key is the name of another column is known by its words alone."""
    return f"answer {key}" if key in _OWN_COLUMNS else key


def _answers(record: Record, questions: Sequence[Asked]) -> dict[str, object]:
    """The answers to these questions. An empty cell is no to a yes-or-no question, else no answer."""
    answers: dict[str, object] = {}
    for question in questions:
        column = _column(question.key)
        answer = record.take(column, partial(_answer, question))
        if answer is None and not record.refuses(column):
            if question.kind == "yesno" and record.has(column):
                answer = False
            elif question.is_required:
                record.fail(column, "answer_missing")
            elif question.kind == "multichoice":
                answer = []
        if record.has(column):
            answers[question.key] = answer
    return answers


def _answer(question: Asked, cell: Cell) -> object:
    """The answer that a filled cell gives. `answer_too_long`, `answer_choice`, `not_a_number`, `over_limit`."""
    match question.kind:
        case "yesno":
            return yes_or_no(cell)
        case "choice":
            return _choice(question, cell)
        case "multichoice":
            return _choices(question, cell)
        case "number":
            least, most = question.minimum, question.maximum
            value = number(
                cell, least=-MOST_MONEY if least is None else least, most=MOST_MONEY if most is None else most
            )
            return int(value) if value == value.to_integral_value() else float(value)
    text = free_text(cell, max_length=MAX_BYTES)
    if len(text) > (question.max_length or LONGEST_ANSWER):
        raise CellRefused("answer_too_long")
    return text


def _choice(question: Asked, cell: Cell) -> str:
    words = {_folded(word): value for value, names in question.choices.items() for word in (*names, value)}
    try:
        return words[_folded(raw_text(cell))]
    except KeyError:
        raise CellRefused("answer_choice")


def _choices(question: Asked, cell: Cell) -> list[str]:
    try:
        return [_choice(question, cell)]  # the name of a choice may itself hold a comma
    except CellRefused:
        words = _BETWEEN_CHOICES.split(unicodedata.normalize("NFKC", raw_text(cell)))
        return list(dict.fromkeys(_choice(question, word) for word in words if word.strip()))
