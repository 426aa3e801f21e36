"""Logging in: the log-in library's forms in the house's dress, demo accounts, and where each role begins."""

from typing import Any

from allauth.account import forms as library
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import adapter
from accounts.models import Membership, User
from core.text import localized
from exhibitors.models import CompanyMember
from web.forms import Dressed
from web.preferences import safe_next
from worker.account_mails import OutboxAdapter

BACKEND = "django.contrib.auth.backends.ModelBackend"


class LoginForm(Dressed, library.LoginForm):  # type: ignore[misc]  # the library is not typed
    """Log in by e-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["password"].label = _("Password")
        self.undress()


class ResetPasswordForm(Dressed, library.ResetPasswordForm):  # type: ignore[misc]  # the library is not typed
    """Ask for a link to set a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.undress()


class ResetPasswordKeyForm(Dressed, library.ResetPasswordKeyForm):  # type: ignore[misc]  # the library is not typed
    """Set a password by the link of a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("The same password again")
        self.undress()


class ChangePasswordForm(Dressed, library.ChangePasswordForm):  # type: ignore[misc]  # the library is not typed
    """Set another password while logged in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("The same password again")
        self.undress()


class Adapter(adapter.Adapter, OutboxAdapter):
    """Limits of the accounts' room, mails through the worker's outbox; here only the words of refusals."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "This address and this password do not go together. Check both, or let us send you a link."
        ),
        "too_many_login_attempts": gettext_lazy("There were too many wrong tries. Try again in a few minutes."),
    }


@method_decorator(never_cache, name="dispatch")
class LogIn(LoginView):  # type: ignore[misc]  # the library is not typed
    """The log-in page; in the demo world with its accounts, one a role."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo accounts that are there."""
        return {**super().get_context_data(**kwargs), "demo_accounts": demo_accounts()}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to the page with what was typed, as not accepted."""
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        response.status_code = 422
        return response


log_in = LogIn.as_view()


def demo_accounts() -> list[dict[str, str]]:
    """The accounts of the demo world that were loaded, in the order of its list; none anywhere else."""
    roles: dict[str, str] = settings.DEMO_ACCOUNTS if settings.DEMO else {}
    people = {user.email: user for user in User.objects.filter(email__in=roles)}
    return [
        {"email": email, "role": localized(people[email], "title") or _(role), "name": localized(people[email], "name")}
        for email, role in roles.items()
        if email in people
    ]


@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """Log in as a role of the demo world with one click. Outside it this page does not exist."""
    if not settings.DEMO:
        raise Http404
    email = request.POST.get("account", "")
    if email not in settings.DEMO_ACCOUNTS:
        raise Http404
    auth.login(request, get_object_or_404(User, email=email, is_active=True), backend=BACKEND)
    return redirect(safe_next(request, reverse("start")))


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Where a person's work begins: the desk, the company, the administration; else the home page."""
    user = request.user
    if Membership.objects.filter(user=user.pk, role=Membership.Role.COORDINATOR).exists():
        return redirect("desk:home")
    if CompanyMember.objects.filter(user=user.pk).exists():
        return redirect("company:home")
    if user.is_staff:
        return redirect("admin:index")
    return redirect("home")
