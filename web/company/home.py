"""A company's first page: what waits, its applications, its deadlines."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.text import localized
from exhibitors.models import Application, Company
from fairs.models import Fair
from scheduling.models import FeedToken
from web.company.calendars import FRESH
from web.company.own import MemberRequest, choose, for_companies, for_members
from web.company.todo import deadlines_of, todos_of
from web.paging import page_of
from web.public.cards import cards_of, with_cards
from web.public.subscribing import subscription

RECENT = 6
PAGE = 30
CALLS = 5


@require_safe
@for_companies
def home(request: MemberRequest) -> HttpResponse:
    """What to do next comes first."""
    now = timezone.now()
    applications = list(_applications(request))
    fresh = request.session.pop(FRESH, "")
    tokens = FeedToken.objects.visible_to(request.user).filter(company=request.company, revoked_at=None)
    todos = todos_of(applications, now)
    return render(
        request,
        "company/home.html",
        {
            "company": request.company,
            "companies": request.companies,
            "tab": "home",
            "todos": todos,
            "deadlines": deadlines_of(applications, now),
            "applications": applications[:RECENT],
            "calls": cards_of(with_cards(open_calls(request.company))[:CALLS]),
            "feed": subscription(fresh, name=localized(request.company, "name")) if fresh else None,
            "tokens": tokens.order_by("-created_at"),
        },
    )


@require_safe
@for_members
def applications(request: MemberRequest) -> HttpResponse:
    """All applications, newest first."""
    return render(
        request,
        "company/applications.html",
        {
            "company": request.company,
            "companies": request.companies,
            "tab": "applications",
            "page": page_of(request, _applications(request), size=PAGE),
            "calls": cards_of(with_cards(open_calls(request.company))[:CALLS]),
        },
    )


@require_POST
@for_members
def act_for(request: MemberRequest) -> HttpResponse:
    """Act for another of one's companies."""
    wanted = request.POST.get("company", "")
    chosen = next((own for own in request.companies if str(own.pk) == wanted), None)
    if chosen is None:
        raise Http404
    choose(request, chosen)
    return redirect("company:home")


def _applications(request: MemberRequest) -> QuerySet[Application]:
    own = Application.objects.of_company(request.user).filter(company=request.company)
    return own.for_table().order_by("-call__fair__starts_on", "-number")


def open_calls(company: Company) -> QuerySet[Fair]:
    """Fairs whose call is open and to which the company has not applied."""
    now = timezone.now()
    fairs = Fair.objects.public().filter(state=Fair.State.ANNOUNCED, call__opens_at__lte=now, call__closes_at__gt=now)
    return fairs.exclude(call__applications__company=company).order_by("call__closes_at", "slug")
