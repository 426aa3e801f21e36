"""The forms of the programme at the desk."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from core import dates
from core.text import localized
from exhibitors.models import Company, CompanyMember
from fairs.models import Category, Fair
from scheduling.models import Kind, Session, Stage
from web.forms import ClockField, HouseForm, LongTextField, RowField, RowsField, TextField
from web.public.directory import confirmed_at

ADDRESSES = 20  # presenters of one session


class MoveForm(HouseForm):
    """When, how long and where a session is."""

    day = forms.ChoiceField()
    start = ClockField()
    minutes = forms.IntegerField(min_value=5, max_value=1440)
    stage = RowField(Stage.objects.none())

    def __init__(self, fair: Fair, *args: Any, stages: Sequence[Stage] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fair = fair
        self.offer_choices("day", [(one.isoformat(), dates.short_day(one)) for one in fair.days])
        self.offer("stage", Stage.objects.filter(fair=fair).order_by("slug"), none=None)
        if stages is not None:  # many forms on one page: one query for all of them
            stage = self.fields["stage"]
            assert isinstance(stage, RowField)
            stage.choices = [(one.pk, localized(one, "name")) for one in stages]
        self.say({"day": _("Day"), "start": _("Start"), "minutes": _("Minutes"), "stage": _("Stage")})

    @classmethod
    def kept(cls, session: Session, zone: Any) -> dict[str, Any]:
        """Where the session is now."""
        start = timezone.localtime(session.starts_at, zone)
        length = session.ends_at - session.starts_at
        return {
            "day": start.date().isoformat(),
            "start": start.time(),
            "minutes": int(length.total_seconds() // 60),
            "stage": session.stage_id,
        }

    def place(self) -> dict[str, Any]:
        """Stage, start and end as the activity takes them."""
        on = parse_date(self.cleaned_data["day"])
        assert on is not None
        starts = datetime.combine(on, self.cleaned_data["start"], self.fair.zone)
        return {
            "stage": self.cleaned_data["stage"],
            "starts_at": starts,
            "ends_at": starts + timedelta(minutes=self.cleaned_data["minutes"]),
        }


class SessionForm(MoveForm):
    """All that is planned of a session."""

    title_zh = TextField(max_length=160)
    title_en = TextField(max_length=200, required=False)
    kind = forms.ChoiceField(choices=Kind.choices)
    abstract_zh = LongTextField(max_length=2000, required=False, rows=4)
    abstract_en = LongTextField(max_length=3000, required=False, rows=3)
    category = RowField(Category.objects.none(), required=False)
    seats = forms.IntegerField(min_value=1, max_value=100_000, required=False)
    presenters = LongTextField(required=False, max_length=2000, rows=2)
    companies = RowsField(Company.objects.none(), required=False)
    field_order = ("title_zh", "title_en", "kind", "day", "start", "minutes", "stage")

    def __init__(self, fair: Fair, *args: Any, **kwargs: Any) -> None:
        super().__init__(fair, *args, **kwargs)
        self.say(
            {
                "title_zh": (_("Title"), ""),
                "title_en": (_("Title in English"), ""),
                "kind": (_("Kind"), ""),
                "abstract_zh": (_("What happens"), ""),
                "abstract_en": (_("What happens, in English"), ""),
                "category": (_("Category"), ""),
                "seats": (_("Seats"), ""),
                "presenters": (_("Presenters"), _("Their e-mail addresses, one a line; they need an account.")),
                "companies": (_("Makers who take part"), _("Those with a confirmed booth.")),
            }
        )
        self.offer("category", Category.objects.all())
        self.offer("companies", confirmed_at(fair).order_by("name_zh"))
        self.fields["companies"].widget.attrs["size"] = 6

    @classmethod
    def of(cls, session: Session, zone: Any) -> dict[str, Any]:
        """What is planned now."""
        names = ("title_zh", "title_en", "kind", "abstract_zh", "abstract_en", "seats")
        return {
            **cls.kept(session, zone),
            **{name: getattr(session, name) for name in names},
            "category": session.category_id,
            "presenters": "\n".join(person.email for person in session.presenters.all()),
            "companies": [company.pk for company in session.companies.all()],
        }

    def clean_presenters(self) -> list[User]:
        """The people of these addresses who may present: experts and staff, coordinators, members of makers here."""
        addresses = [one.strip().lower() for one in self.cleaned_data["presenters"].splitlines() if one.strip()]
        if len(addresses) > ADDRESSES:
            raise forms.ValidationError(_("At most %d presenters.") % ADDRESSES)
        found = {person.email: person for person in _known_to(self.fair).filter(email__in=addresses)}
        if unknown := [address for address in addresses if address not in found]:
            raise forms.ValidationError(
                _("Nobody of your organizer or of a maker here has the address %s.") % ", ".join(unknown)
            )
        return [found[address] for address in addresses]

    def values(self) -> dict[str, Any]:
        """As the activity takes it."""
        names = (
            "title_zh",
            "title_en",
            "kind",
            "abstract_zh",
            "abstract_en",
            "category",
            "seats",
            "presenters",
            "companies",
        )
        return {**self.place(), **{name: self.cleaned_data[name] for name in names}}


class StageForm(HouseForm):
    """Another stage."""

    name_zh = TextField(max_length=80)
    name_en = TextField(max_length=80, required=False)
    capacity = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="stage-%s", **kwargs)
        self.fields["name_zh"].label = _("Name")
        self.fields["name_en"].label = _("Name in English")
        self.fields["capacity"].label = _("Seats")


class DelayForm(HouseForm):
    """On the day: later, for everybody at once."""

    minutes = forms.IntegerField(min_value=1, max_value=600)
    reason = TextField(max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="delay-%s", **kwargs)
        self.fields["minutes"].label = _("Minutes later")
        self.fields["reason"].label = _("Reason")


class CancelSessionForm(HouseForm):
    """On the day: it does not take place."""

    reason = TextField(max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="cancel-%s", **kwargs)
        self.fields["reason"].label = _("Reason")


class ReleaseForm(HouseForm):
    """What is said beside the new release."""

    note_zh = LongTextField(max_length=500, required=False, rows=2)
    note_en = LongTextField(max_length=500, required=False, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note_zh"].label = _("What is new")
        self.fields["note_en"].label = _("What is new, in English")


def _known_to(fair: Fair) -> QuerySet[User]:
    """People who may be named as presenters: the organizer's own, and members of makers who stand here."""
    own = Membership.objects.filter(organizer=fair.organizer_id).values("user")
    makers = CompanyMember.objects.filter(company__in=confirmed_at(fair)).values("user")
    return User.objects.filter(Q(pk__in=own) | Q(pk__in=makers), is_active=True)
