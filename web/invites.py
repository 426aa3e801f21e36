"""The link of an invitation to act for a company."""

from django.contrib import auth, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from exhibitors import joining
from exhibitors.models import CompanyInvite, CompanyMember
from web.account import BACKEND
from web.company.own import choose
from web.company.signup import PasswordForm, language
from web.forms import TextField


class JoinForm(PasswordForm):
    """Who joins, where there is no account yet."""

    name = TextField(max_length=80)
    field_order = ("name", "password")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Your name")


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Shows who asks; the button accepts. The link proves the address, so whoever has no account makes one here."""
    try:
        asked = joining.from_link(token)
    except joining.InviteGone:
        return render(request, "company/signup_gone.html", status=410)
    known = User.objects.filter(email=asked.email).first()
    form = JoinForm(request.POST or None)
    if request.method == "POST" and (known or form.is_valid()):
        if known is not None and request.user != known:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        user, member = _accept(asked, known, form)
        if known is None:
            auth.login(request, user, backend=BACKEND)
        choose(request, member.company)
        messages.success(request, _("You act for the company now."))
        return redirect("company:home")
    over = asked.used_at is not None or asked.expires_at <= timezone.now()
    context = {"asked": asked, "known": known, "form": form, "over": over, "private": True}
    response = render(request, "company/join.html", context, status=422 if form.errors else 410 if over else 200)
    response["Referrer-Policy"] = "no-referrer"
    return response


@transaction.atomic
def _accept(asked: CompanyInvite, known: User | None, form: JoinForm) -> tuple[User, CompanyMember]:
    """The person, made where there is none, as a member. Raises InviteGone, AlreadyMember."""
    user = known or User.objects.create_user(
        asked.email, form.cleaned_data["password"], name_zh=form.cleaned_data["name"], language=language()
    )
    return user, joining.accept(asked, user)
