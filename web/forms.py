"""What all forms of the pages share: the look of their fields, days as people write them, gaps beside their field."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model, QuerySet
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import dates
from core.errors import Gap
from core.text import clean, localized


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the summary above a form; `target` is the id of the field that it leads to."""

    said: str
    target: str


class Dressed:
    """Gives a form's fields the house's look and lists what is wrong, also for the forms of libraries."""

    fields: dict[str, forms.Field]
    errors: ErrorDict

    def undress(self) -> None:
        """Take away what a library put on its fields, placeholders and help, and dress them anew."""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
            field.required = True
            dress(field)

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, in the order of the form, for the summary above it."""
        found = []
        for name, errors in self.errors.items():
            target = "" if name == NON_FIELD_ERRORS else self[name].auto_id  # type: ignore[index]  # a form
            found += [Problem(str(error), target) for error in errors]
        return found


class HouseForm(Dressed, forms.Form):
    """A form that draws its fields in the house's style and takes the gaps that an activity names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)

    def say(self, said: Mapping[str, str | tuple[str, str]]) -> None:
        """Label the fields that are there: by name a label, or a label and a hint."""
        for name, words in said.items():
            if name in self.fields:
                label, hint = words if isinstance(words, tuple) else (words, "")
                self.fields[name].label, self.fields[name].help_text = label, hint

    def offer(self, name: str, rows: QuerySet[Any], *, none: str | None = "---------") -> None:
        """Let one choose among these rows; `none` is what the empty choice says, None takes it away."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
        if not isinstance(field, forms.ModelMultipleChoiceField):
            field.empty_label = none

    def offer_choices(self, name: str, choices: Sequence[tuple[Any, str]]) -> None:
        """Let one choose among these pairs of a value and its words."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def require_words(self, name: str, sentence: str) -> None:
        """What is said where the field is left empty."""
        self.fields[name].error_messages["required"] = sentence

    def in_zone(self, zone: tzinfo, *names: str) -> None:
        """Read these moments in a place's own zone."""
        for name in names:
            field = self.fields[name]
            assert isinstance(field, MomentField)
            field.zone = zone

    def add_gaps(self, gaps: Iterable[Gap]) -> None:
        """Put each sentence beside its field, and those about no field of this form above it."""
        for gap in gaps:
            self.add_error(gap.field if gap.field in self.fields else None, gap.message)


def dress(field: forms.Field) -> None:
    """Give a field's control its classes."""
    widget = field.widget
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple | forms.HiddenInput):
        return
    classes = ["input"]
    if isinstance(widget, forms.NumberInput) or isinstance(field, DayField | MomentField | ClockField):
        classes += ["short", "num"]
    widget.attrs.setdefault("class", " ".join(classes))
    if isinstance(widget, forms.NumberInput):
        widget.attrs.setdefault("inputmode", "decimal" if isinstance(field, forms.DecimalField) else "numeric")


class TextField(forms.CharField):
    """One line of text, without control characters."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


class LongTextField(forms.CharField):
    """Text of several lines, without control characters."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["rows"] = rows

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "", multiline=True)


def name_of(row: Model) -> str:
    """A row's name in the reader's language."""
    return localized(row, "name")


class RowField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """One row of a table, by its name in the reader's language, or as `says` says it."""

    def __init__(self, rows: QuerySet[Any], *, says: Callable[[Any], str] = name_of, **kwargs: Any) -> None:
        super().__init__(rows, **kwargs)
        self.says = says

    def label_from_instance(self, obj: Any) -> str:
        return self.says(obj)


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # as above
    """Several rows of a table."""

    def __init__(self, rows: QuerySet[Any], *, says: Callable[[Any], str] = name_of, **kwargs: Any) -> None:
        super().__init__(rows, **kwargs)
        self.says = says

    def label_from_instance(self, obj: Any) -> str:
        return self.says(obj)


class MetresField(forms.DecimalField):
    """A length in metres."""

    def __init__(self, *, least: Decimal = Decimal(0), **kwargs: Any) -> None:
        super().__init__(max_digits=6, decimal_places=2, min_value=least, **kwargs)


class DayField(forms.Field):
    """A day as people write it: 2026-12-11, 115/12/11."""

    widget = forms.TextInput
    default_error_messages = {"required": _("Write a day such as 2026-12-11 or 115/12/11.")}

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        try:
            return dates.read_day(str(value))
        except ValueError as error:
            raise forms.ValidationError(str(error), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class ClockField(forms.Field):
    """A time of day: 09:30."""

    widget = forms.TextInput
    default_error_messages = {"required": _("Write a time such as 09:30."), "invalid": _("Write a time such as 09:30.")}

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values:
            return None
        if isinstance(value, time):
            return value
        try:
            return datetime.strptime(str(value).strip().replace("：", ":"), "%H:%M").time()  # noqa: DTZ007
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, time) else value


class MomentField(forms.Field):
    """A day and a time of day in a place's own zone: 2026-12-11 17:00. A day alone means its last minute."""

    widget = forms.TextInput
    default_error_messages = {
        "required": _("Write a day and a time such as 2026-12-11 17:00."),
        "invalid": _("Write a day and a time such as 2026-12-11 17:00."),
    }

    def __init__(self, *, zone: tzinfo | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = zone

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value
        day, _space, clock = str(value).strip().partition(" ")
        try:
            at = datetime.strptime(clock.strip() or "23:59", "%H:%M").time()  # noqa: DTZ007 - the zone follows
            return timezone.make_aware(datetime.combine(dates.read_day(day), at), self.zone)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return timezone.localtime(value, self.zone).strftime("%Y-%m-%d %H:%M")
        return value
