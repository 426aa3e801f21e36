"""The links of invitations to act for a company, or to work for an organizer.

The page shows who asks, and the button accepts. The link proves the address, so who has no account makes one there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import auth, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import memberships
from accounts.models import MembershipInvite, User
from exhibitors import joining
from exhibitors.models import CompanyInvite
from web.account import BACKEND
from web.company.own import choose
from web.company.signup import PasswordForm, language
from web.forms import TextField
from web.requests import posted


class JoinForm(PasswordForm):
    """Who joins, where there is no account yet."""

    name = TextField(max_length=80)
    field_order = ("name", "password")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Your name")


@dataclass(frozen=True, slots=True)
class Door:
    """An invitation as its page shows it, and what accepting it does."""

    asked: CompanyInvite | MembershipInvite
    template: str
    leads_to: str
    accept: Callable[[User], object]

    @property
    def is_over(self) -> bool:
        """Used, or too old."""
        return self.asked.used_at is not None or self.asked.expires_at <= timezone.now()


@require_http_methods(["GET", "HEAD", "POST"])
def join_company(request: HttpRequest, token: str) -> HttpResponse:
    """Act for a company."""
    try:
        asked = joining.from_link(token)
    except joining.InviteGone:
        return _gone(request)

    def accept(user: User) -> None:
        joining.accept(asked, user)
        choose(request, asked.company)

    return _page(request, Door(asked, "company/join.html", "company:home", accept))


@require_http_methods(["GET", "HEAD", "POST"])
def join_organizer(request: HttpRequest, token: str) -> HttpResponse:
    """Work for an organizer."""
    try:
        asked = memberships.from_link(token)
    except memberships.InviteGone:
        return _gone(request)
    return _page(request, Door(asked, "account/join.html", "start", lambda user: memberships.accept(asked, user)))


def _page(request: HttpRequest, door: Door) -> HttpResponse:
    known = User.objects.filter(email=door.asked.email).first()
    form = JoinForm(posted(request))
    if request.method == "POST" and (known or form.is_valid()):
        if known is not None and request.user != known:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        user = _accept(door, known, form)
        if known is None:
            auth.login(request, user, backend=BACKEND)
        messages.success(request, _("You belong to it now."))
        return redirect(door.leads_to)
    context = {"asked": door.asked, "known": known, "form": form, "over": door.is_over, "private": True}
    status = 422 if form.errors else 410 if door.is_over else 200
    return _quiet(render(request, door.template, context, status=status))


@transaction.atomic
def _accept(door: Door, known: User | None, form: JoinForm) -> User:
    """The person, made where there is none, who has joined. Raises what the activity raises; then nobody was made."""
    user = known or User.objects.create_user(
        door.asked.email, form.cleaned_data["password"], name_zh=form.cleaned_data["name"], language=language()
    )
    door.accept(user)
    return user


def _gone(request: HttpRequest) -> HttpResponse:
    return _quiet(render(request, "company/signup_gone.html", status=410))


def _quiet(response: HttpResponse) -> HttpResponse:
    """The address is a key: no Referer gives it away."""
    response["Referrer-Policy"] = "no-referrer"
    return response
