"""Whose pages these are: the company that a member acts for."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from exhibitors.models import Company
from web.requests import SignedInRequest, signed_in

P = ParamSpec("P")
CHOSEN = "company"  # of the session: which company a member of several acts for


class MemberRequest(SignedInRequest):
    """A request of a company's member."""

    company: Company
    companies: list[Company]


def for_members(view: Callable[Concatenate[MemberRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """For members of a company alone; for others these pages are not there.

    The chosen company is read from the database at each request, so that a removed member is out at once.
    """

    @wraps(view)
    def checked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _know(request):
            raise Http404
        return view(request, *args, **kwargs)  # type: ignore[arg-type]  # now it is one

    return signed_in(checked)


def for_companies(view: Callable[Concatenate[MemberRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """As `for_members`, but whoever is logged in and has no company is led to sign one up."""

    @wraps(view)
    def checked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _know(request):
            return redirect("company-signup")
        return view(request, *args, **kwargs)  # type: ignore[arg-type]  # as above

    return signed_in(checked)


def _know(request: SignedInRequest) -> bool:
    """Put the person's companies on the request; False if there are none."""
    companies = list(Company.objects.of(request.user).for_table().order_by("name_zh", "pk"))
    chosen = request.session.get(CHOSEN)
    request.companies = companies  # type: ignore[attr-defined]  # now it is a MemberRequest
    request.company = next(  # type: ignore[attr-defined]  # as above
        (own for own in companies if str(own.pk) == chosen), companies[0] if companies else None
    )
    return bool(companies)


def choose(request: HttpRequest, company: Company) -> None:
    """Act for this company from now on."""
    request.session[CHOSEN] = str(company.pk)
