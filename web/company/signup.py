"""Signing up a company: its UBN and an e-mail address, and nothing is stored until that address was proven.

The page answers alike whether or not the address has an account and whether or not the UBN is here already: what is
the case stands in the mail alone. The mail's link bears all that was typed, signed, so that no table holds the names
of people who never confirmed.
"""

import base64
import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Language, User
from core import tokens
from core.errors import Unfit
from exhibitors import joining
from exhibitors.models import Company
from exhibitors.ubn import is_valid
from fairs.models import Category, Town
from web.account import BACKEND
from web.company.forms import dress_company, find_town, town_choices
from web.company.own import choose
from web.forms import HouseForm, RowField, TextField
from web.mailing import send_sign_up_link
from web.requests import posted

PURPOSE = "company-sign-up"
GOOD_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sign-up link says."""

    email: str
    name: str
    phone: str
    ubn: str
    name_zh: str
    town: str
    category: str
    until: float

    @classmethod
    def read(cls, token: str) -> "Claim | None":
        """The claim of a link; None if it is not ours or too old."""
        try:
            body = base64.urlsafe_b64decode(tokens.unsign(token, purpose=PURPOSE))
            claim = cls(**json.loads(body))
        except (tokens.BadSignature, ValueError, TypeError):
            return None
        return claim if claim.until > timezone.now().timestamp() else None

    def sign(self) -> str:
        """The token that says this."""
        body = json.dumps(asdict(self), ensure_ascii=False).encode()
        return tokens.sign(base64.urlsafe_b64encode(body).decode(), purpose=PURPOSE)


class SignUpForm(HouseForm):
    """The company, and who signs it up."""

    ubn = TextField(max_length=12, required=False)
    name_zh = TextField(max_length=80)
    town = forms.CharField()
    category = RowField(Category.objects.none())
    name = TextField(max_length=80)
    email = forms.EmailField()
    phone = TextField(max_length=20, required=False)
    agreed = forms.BooleanField()

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_company(self)
        self.say(
            {
                "ubn": (_("UBN"), _("8 digits, such as 00878525. Leave it empty if you have none.")),
                "name": (_("Your name"), ""),
                "email": (_("Your e-mail address"), _("You log in with it. We send a mail to confirm it.")),
                "phone": (_("Telephone"), ""),
            }
        )
        self.fields["agreed"].label = _("I have read how personal data is used and agree to its use for the fairs")
        self.fields["agreed"].error_messages["required"] = _("Please tick the box, or we may not keep your data.")
        if user is not None:
            del self.fields["name"], self.fields["email"]

    def clean_ubn(self) -> str:
        """Eight digits with a right checksum, or nothing."""
        ubn = "".join(self.cleaned_data["ubn"].split()).replace("-", "")
        if ubn and (not ubn.isascii() or not ubn.isdigit() or len(ubn) != 8):
            raise forms.ValidationError(_("The UBN has 8 digits, such as 00878525."))
        if ubn and not is_valid(ubn):
            raise forms.ValidationError(_("These digits do not check. Look at the eighth one again."))
        return ubn

    def clean_town(self) -> Town:
        """The town that is meant."""
        return find_town(self.cleaned_data["town"])

    def clean_email(self) -> str:
        """As it is kept."""
        return str(self.cleaned_data["email"]).strip().lower()


class PasswordForm(HouseForm):
    """Choosing a password."""

    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Choose a password")
        self.fields["password"].help_text = _("At least 10 characters; three words are easy to keep in mind.")

    def clean_password(self) -> str:
        """Long enough and not one that everybody uses."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The form; then always the same page, which says to look at one's mail. Who is logged in needs no mail."""
    user = request.user if request.user.is_authenticated else None
    form = SignUpForm(posted(request), user=user)
    if request.method == "POST" and form.is_valid():
        if user is not None:
            try:
                company = _sign_up(user, form.cleaned_data)
            except Unfit as error:
                form.add_gaps(error.gaps)
            else:
                return _welcome(request, company)
        else:
            claim = _claim(form.cleaned_data)
            send_sign_up_link(
                claim.email, name=claim.name, company=claim.name_zh, url=link_of(claim), language=language()
            )
            return redirect("company-signup-sent")
    status = 422 if form.is_bound else 200
    return render(request, "company/signup.html", {"form": form, "towns": town_choices()}, status=status)


def sent(request: HttpRequest) -> HttpResponse:
    """What comes next."""
    return render(request, "company/signup_sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mail's link shows what will be made; the button makes it, with a password or for the account there is."""
    claim = Claim.read(token)
    if claim is None:
        return render(request, "company/signup_gone.html", status=410)
    known = User.objects.filter(email=claim.email).first()
    form = PasswordForm(posted(request))
    taken = bool(claim.ubn) and Company.objects.filter(ubn=claim.ubn).exists()
    if request.method == "POST" and not taken and (known or form.is_valid()):
        if known is not None and request.user != known:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        try:
            user, company = _confirm(claim, known, form)
        except Unfit as error:
            form.add_gaps(error.gaps)
        else:
            if known is None:
                auth.login(request, user, backend=BACKEND)
            return _welcome(request, company)
    context = {"claim": claim, "known": known, "form": form, "taken": taken, "private": True}
    response = render(request, "company/signup_confirm.html", context, status=422 if form.errors else 200)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _claim(typed: dict[str, Any]) -> Claim:
    return Claim(
        email=typed["email"],
        name=typed["name"],
        phone=typed["phone"],
        ubn=typed["ubn"],
        name_zh=typed["name_zh"],
        town=typed["town"].code,
        category=typed["category"].code,
        until=(timezone.now() + GOOD_FOR).timestamp(),
    )


def _sign_up(user: User, typed: dict[str, Any]) -> Company:
    return joining.sign_up(
        user,
        ubn=typed["ubn"] or None,
        name_zh=typed["name_zh"],
        town=typed["town"],
        category=typed["category"],
        phone=typed["phone"],
    )


@transaction.atomic
def _confirm(claim: Claim, known: User | None, form: PasswordForm) -> tuple[User, Company]:
    """The person, made where there is none, and the company. Raises Unfit."""
    user = known or User.objects.create_user(
        claim.email,
        form.cleaned_data["password"],
        name_zh=claim.name,
        phone=claim.phone,
        language=language(),
    )
    typed = {
        "ubn": claim.ubn,
        "name_zh": claim.name_zh,
        "phone": claim.phone,
        "town": Town.objects.get(code=claim.town),
        "category": Category.objects.get(code=claim.category),
    }
    return user, _sign_up(user, typed)


def language() -> str:
    """The language of the page, as accounts keep it."""
    return Language.EN if (get_language() or "").startswith("en") else Language.ZH


def _welcome(request: HttpRequest, company: Company) -> HttpResponse:
    choose(request, company)
    messages.success(request, _("Welcome. Your company can apply for booths now."))
    return redirect("company:home")


def link_of(claim: Claim) -> str:
    """The address in the mail, with the configured origin."""
    return settings.SITE_URL + reverse("company-signup-confirm", args=[claim.sign()])
