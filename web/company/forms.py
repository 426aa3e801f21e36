"""The forms of a company's pages. Power is asked in kilowatts, as people know it, and kept in watts."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.text import localized
from exhibitors.models import Application, Company, Product
from fairs.models import Category, County, Question, Town
from web.answers import choice_in_words
from web.forms import HouseForm, LongTextField, RowField, RowsField, TextField, dress

WATTS = 1000  # in a kilowatt
YES, NO = "yes", "no"


def told(value: object) -> object:
    """Nothing of what was left empty."""
    return None if value in ("", None, []) else value


class StepForm(HouseForm):
    """A step of an application: what it holds now, and what was typed, as the activity takes it."""

    def __init__(self, application: Application, data: Any = None, **kwargs: Any) -> None:
        self.application = application
        super().__init__(data, **kwargs)

    @classmethod
    def shown(cls, application: Application) -> "StepForm":
        """The form with what is kept."""
        return cls(application, initial=cls.kept(application))

    @classmethod
    def checked(cls, application: Application) -> "StepForm":
        """The form as if what is kept had just been sent, so that gaps can stand beside their fields."""
        form = cls(application, cls.kept(application))
        form.is_valid()
        return form

    @classmethod
    def kept(cls, application: Application) -> dict[str, Any]:
        """What the application holds, by the names of the fields."""
        raise NotImplementedError

    def values(self) -> dict[str, Any]:
        """Fields of the application as typed."""
        return dict(self.cleaned_data)

    def answers(self) -> dict[str, Any]:
        """Answers to the call's questions as typed, by their keys."""
        return {}


class ProductsForm(StepForm):
    """Which products the company would show."""

    products = RowsField(Product.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = self.application.call.max_products
        self.offer(
            "products", Product.objects.on_show().filter(company=self.application.company).order_by("name_zh", "pk")
        )
        self.say(
            {"products": (_("Products to show"), ngettext("At most %d product.", "At most %d products.", most) % most)}
        )

    @classmethod
    def kept(cls, application: Application) -> dict[str, Any]:
        return {"products": [product.pk for product in application.products.all()]}

    def values(self) -> dict[str, Any]:
        return {"products": set(self.cleaned_data["products"])}


class BoothsForm(StepForm):
    """How many booths, where, and what they need."""

    booths_wanted = forms.IntegerField(min_value=1)
    wants_corner = forms.BooleanField(required=False)
    wants_home_county = forms.BooleanField(required=False)
    booth_wishes = TextField(required=False, max_length=120)
    power = forms.DecimalField(required=False, min_value=0, max_value=100, max_digits=6, decimal_places=3)
    needs_water = forms.BooleanField(required=False)
    needs_flame = forms.BooleanField(required=False)
    fee_limit = forms.IntegerField(required=False, min_value=0, max_value=10_000_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = self.application.call.max_booths
        self.fields["booths_wanted"].validators.append(MaxValueValidator(most))
        self.say(
            {
                "booths_wanted": (
                    _("How many booths?"),
                    ngettext("At most %d a company; one is 3 m × 3 m.", "At most %d a company; one is 3 m × 3 m.", most)
                    % most,
                ),
                "wants_corner": (_("A corner, if there is one"), ""),
                "wants_home_county": (_("Near makers of our county"), ""),
                "booth_wishes": (
                    _("Booths that you would like"),
                    _("Best first, such as A01, A02. See the floor plan."),
                ),
                "power": (_("Power you need (kW)"), _("All appliances together, such as 1.5.")),
                "needs_water": (_("Water and drain"), ""),
                "needs_flame": (_("Open flame"), ""),
                "fee_limit": (_("Highest fee (NT$)"), _("You are only placed where it costs no more.")),
            }
        )

    @classmethod
    def kept(cls, application: Application) -> dict[str, Any]:
        names = ("booths_wanted", "wants_corner", "wants_home_county", "needs_water", "needs_flame", "fee_limit")
        return {
            **{name: getattr(application, name) for name in names},
            "booth_wishes": ", ".join(application.booth_wishes),
            "power": kilowatts_of(application.power),
        }

    def values(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        return {**typed, "power": watts_of(typed["power"]), "booth_wishes": wishes_of(typed["booth_wishes"])}


class QuestionsForm(StepForm):
    """The call's own questions, and whom the organizer may ask."""

    contact_name = TextField(required=False, max_length=80)
    contact_phone = TextField(required=False, max_length=30)
    contact_email = forms.EmailField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_name"].label = pgettext("a person", "Contact")
        self.fields["contact_phone"].label = _("Telephone")
        self.fields["contact_email"].label = _("E-mail address")
        contact = {name: self.fields.pop(name) for name in ("contact_name", "contact_phone", "contact_email")}
        add_questions(self, self.application.call.questions.all())
        self.fields.update(contact)

    @classmethod
    def kept(cls, application: Application) -> dict[str, Any]:
        contact = {name: getattr(application, name) for name in ("contact_name", "contact_phone", "contact_email")}
        return {**kept_answers(application), **contact}

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("contact_name", "contact_phone", "contact_email")}

    def answers(self) -> dict[str, Any]:
        return typed_answers(self)

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields of the call's questions."""
        return [field for field in self if field.name.startswith("answers.")]


class CorrectionForm(StepForm):
    """Only what was returned to be corrected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        again = set(self.application.returned_fields)
        for source in (ProductsForm, BoothsForm, QuestionsForm):
            whole = source(self.application)
            for name, field in whole.fields.items():
                if name in again or name.removeprefix("answers.") in again:
                    self.fields[name] = field

    @classmethod
    def kept(cls, application: Application) -> dict[str, Any]:
        every = {
            **ProductsForm.kept(application),
            **BoothsForm.kept(application),
            **QuestionsForm.kept(application),
        }
        again = set(application.returned_fields)
        return {name: value for name, value in every.items() if name in again or name.removeprefix("answers.") in again}

    def values(self) -> dict[str, Any]:
        typed = {name: value for name, value in self.cleaned_data.items() if not name.startswith("answers.")}
        read: dict[str, Callable[[Any], Any]] = {"power": watts_of, "booth_wishes": wishes_of, "products": set}
        return {name: read[name](value) if name in read else value for name, value in typed.items()}

    def answers(self) -> dict[str, Any]:
        return typed_answers(self)


def watts_of(kilowatts: Decimal | None) -> int:
    """Kilowatts as typed, in whole watts."""
    return int((kilowatts or 0) * WATTS)


def wishes_of(words: str) -> list[str]:
    """Booth numbers with the commas of either script between them, in capitals."""
    return [wish for part in words.replace("，", ",").replace("、", ",").split(",") if (wish := part.strip().upper())]


def kilowatts_of(watts: int) -> str:
    """Watts in kilowatts, without needless noughts."""
    return f"{Decimal(watts) / WATTS:f}".rstrip("0").rstrip(".") if watts % WATTS else str(watts // WATTS)


def add_questions(form: HouseForm, questions: Iterable[Question]) -> None:
    """A field for each question, named `answers.` and its key, as gaps are. What is required is checked at hand-in."""
    for question in questions:
        field = _field(question)
        field.label = localized(question, "label")
        field.widget.attrs["data-must"] = "yes" if question.is_required else "no"
        dress(field)
        form.fields[f"answers.{question.key}"] = field


def _field(question: Question) -> forms.Field:
    kind = Question.Kind
    choices = [(str(choice["value"]), choice_in_words(choice)) for choice in question.choices]
    if question.kind == kind.YESNO:
        return forms.ChoiceField(choices=[(YES, _("Yes")), (NO, _("No"))], required=False, widget=forms.RadioSelect)
    if question.kind == kind.CHOICE:
        return forms.ChoiceField(choices=choices, required=False, widget=forms.RadioSelect)
    if question.kind == kind.MULTICHOICE:
        return forms.MultipleChoiceField(choices=choices, required=False, widget=forms.CheckboxSelectMultiple)
    if question.kind == kind.NUMBER:
        return forms.DecimalField(required=False, min_value=question.minimum, max_value=question.maximum)
    longest = question.max_length
    hint = ngettext("At most %d character.", "At most %d characters.", longest) % longest if longest else ""
    return LongTextField(required=False, max_length=longest, help_text=hint, rows=5)


def kept_answers(application: Application) -> dict[str, Any]:
    """The answers that are kept, as the fields show them."""
    shown: dict[str, Any] = {}
    for key, answer in application.answers.items():
        shown[f"answers.{key}"] = (YES if answer else NO) if isinstance(answer, bool) else answer
    return shown


def typed_answers(form: StepForm) -> dict[str, Any]:
    """The answers that were typed, in the types that the activity takes."""
    kinds = {question.key: question.kind for question in form.application.call.questions.all()}
    typed: dict[str, Any] = {}
    for name, value in form.cleaned_data.items():
        key = name.removeprefix("answers.")
        if key == name:
            continue
        if kinds.get(key) == Question.Kind.YESNO:
            typed[key] = None if not value else value == YES
        elif kinds.get(key) == Question.Kind.NUMBER and value is not None:
            typed[key] = int(value) if value == int(value) else float(value)
        else:
            typed[key] = told(value)
    return typed


class CompanyForm(HouseForm):
    """What a company says of itself."""

    name_zh = TextField(max_length=80)
    name_en = TextField(max_length=120, required=False)
    town = forms.CharField()
    category = RowField(Category.objects.none())
    story_zh = LongTextField(max_length=1000, required=False, rows=5)
    story_en = LongTextField(max_length=2000, required=False, rows=4)
    address_zh = TextField(max_length=200, required=False)
    postal_code = TextField(max_length=6, required=False)
    phone = TextField(max_length=20, required=False)
    email = forms.EmailField()
    website = forms.URLField(required=False, assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_company(self)

    @classmethod
    def kept(cls, company: Company) -> dict[str, Any]:
        """What the company says now."""
        names = [name for name in cls.base_fields if name not in ("town", "category")]
        return {
            **{name: getattr(company, name) for name in names},
            "town": town_words(company.town),
            "category": company.category_id,
        }

    def clean_town(self) -> Town:
        """The town that is meant by its name, with or without its county."""
        return find_town(self.cleaned_data["town"])


def dress_company(form: HouseForm) -> None:
    """Labels and hints of the fields that sign-up and profile share."""
    form.say(
        {
            "name_zh": (_("Name of the company"), _("As it is registered.")),
            "name_en": (_("Name in English"), _("For buyers from abroad. It can wait.")),
            "town": (_("Town"), _("Write the county and the town, such as 新北市 鶯歌區.")),
            "category": _("What do you make?"),
            "story_zh": (_("Your story"), _("Who makes what, how and since when; up to 1,000 characters.")),
            "story_en": _("Your story in English"),
            "address_zh": _("Address"),
            "postal_code": _("Postcode"),
            "phone": _("Telephone"),
            "email": _("E-mail address of the company"),
            "website": _("Website"),
        }
    )
    form.fields["town"].widget.attrs["list"] = "towns"
    form.offer("category", Category.objects.all())


def town_words(town: Town) -> str:
    """新北市 鶯歌區, as the field takes it."""
    return f"{town.county.name_zh} {town.name_zh}"


def town_choices() -> list[str]:
    """All towns for the field's list: a county's before the next one's."""
    return [town_words(town) for town in Town.objects.select_related("county").order_by("code")]


def find_town(words: str) -> Town:
    """The town of these words. Raises ValidationError if there is none or more than one of this name."""
    plain = "".join(words.replace("台", "臺").replace(",", " ").split())
    counties = {county.code: county.name_zh for county in County.objects.all()}
    found = [
        town
        for town in Town.objects.select_related("county")
        if plain in (f"{counties[town.county_id]}{town.name_zh}", town.name_zh)
        or plain.lower() == f"{town.name_en}{town.county.name_en}".replace(" ", "").lower()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise forms.ValidationError(_("There is more than one town of this name. Write its county as well."))
    raise forms.ValidationError(_("There is no such town. Write county and town, such as 新北市 鶯歌區."))


class ProductForm(HouseForm):
    """One product."""

    name_zh = TextField(max_length=120)
    name_en = TextField(max_length=160, required=False)
    category = RowField(Category.objects.none())
    town = forms.CharField()
    price = forms.IntegerField(required=False, min_value=0, max_value=10_000_000)
    description_zh = LongTextField(max_length=1000, required=False, rows=5)
    description_en = LongTextField(max_length=2000, required=False, rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_company(self)
        self.say(
            {
                "name_zh": (_("Name of the product"), ""),
                "name_en": (_("Name in English"), _("For buyers from abroad. It can wait.")),
                "category": (_("Category"), ""),
                "price": (_("Price (NT$)"), _("With tax, such as 1200.")),
                "description_zh": (_("About it"), _("What it is made of, how it is used.")),
                "description_en": (_("About it in English"), ""),
            }
        )
        self.fields["price"].error_messages["invalid"] = _("Write the price as a number, such as 1200.")

    @classmethod
    def kept(cls, product: Product) -> dict[str, Any]:
        """What is said of the product now."""
        names = ("name_zh", "name_en", "price", "description_zh", "description_en")
        return {
            **{name: getattr(product, name) for name in names},
            "town": town_words(product.town),
            "category": product.category_id,
        }

    def clean_town(self) -> Town:
        """The town that is meant."""
        return find_town(self.cleaned_data["town"])


class MemberForm(HouseForm):
    """Whom to invite."""

    email = forms.EmailField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address of the new member")
        self.fields["email"].help_text = _("We send a link that is good for one person and some days.")
