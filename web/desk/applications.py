"""The table of applications, and decisions about many at once."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import require
from core.text import clean, localized
from exhibitors import deciding, rules
from exhibitors.models import Application
from exhibitors.models.applications import ApplicationQuerySet
from fairs.models import Category, County
from web.desk.board import counts_of
from web.desk.own import DeskRequest, at_desk, show
from web.paging import page_of
from web.public.directory import Choice, matching

State = Application.State
PAGE = 25
SORTS: Mapping[str, tuple[Any, ...]] = {
    "score": (F("total_score").desc(nulls_last=True), "number"),
    "number": ("number",),
    "-number": ("-number",),
    "name": ("company__name_zh", "number"),
    "submitted": ("submitted_at", "number"),
    "state": ("state", "number"),
}


@require_safe
@at_desk
def applications(request: DeskRequest) -> HttpResponse:
    """Every application that was handed in, by view, filters and words, sorted as asked."""
    fair = request.fair
    counts = counts_of(fair)
    every = Application.objects.at_desk_of(request.user).filter(call__fair=fair)
    found = _filtered(every, request)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "score"
    page = page_of(request, found.for_table().order_by(*SORTS[sort]), size=PAGE)
    undecided = every.filter(state=State.SUBMITTED, staged_decision="").count()
    return show(
        request,
        "applications.html",
        "applications",
        {
            "page": page,
            "sort": sort,
            "asked": {name: request.GET.get(name, "") for name in ("q", "state", "category", "county", "view")},
            "total": sum(count for state, count in counts.items() if state != State.DRAFT),
            "undecided": undecided,
            "staged": every.exclude(staged_decision="").count(),
            "states": [(str(state), counts[state]) for state in State if counts.get(state) and state != State.DRAFT],
            "categories": _categories(every),
            "counties": _counties(every),
            "may_stage": any(row.state == State.SUBMITTED for row in page),
        },
    )


@require_POST
@at_desk
def stage_many(request: DeskRequest) -> HttpResponse:
    """Keep one decision for all that are chosen: for all of them, or for none."""
    keys = set(request.POST.getlist("application"))
    decision = request.POST.get("decision", "")
    back = reverse("desk:applications", args=[request.fair.slug]) + _query(request)
    if not keys:
        messages.warning(request, _("Choose at least one application."))
        return redirect(back)
    chosen = Application.objects.at_desk_of(request.user).filter(call__fair=request.fair)
    with transaction.atomic():
        rows = list(chosen.filter(pk__in=_uuids(keys)).select_related("call__fair__organizer").order_by("pk"))
        if len(rows) != len(keys):
            raise Http404
        for row in rows:
            require(rules.may_decide, request.user, row)
            if decision:
                deciding.stage(row, decision, by=request.user)
            else:
                deciding.unstage(row, by=request.user)
    messages.success(
        request,
        ngettext(
            "%d decision is kept. Nobody outside sees it yet.",
            "%d decisions are kept. Nobody outside sees them yet.",
            len(rows),
        )
        % len(rows),
    )
    return redirect(back)


def _filtered(every: ApplicationQuerySet, request: DeskRequest) -> ApplicationQuerySet:
    asked = request.GET
    if asked.get("view") == "undecided":
        every = every.filter(state=State.SUBMITTED, staged_decision="")
    elif asked.get("view") == "staged":
        every = every.exclude(staged_decision="")
    if asked.get("state") in State.values:
        every = every.filter(state=asked["state"])
    if category := clean(asked.get("category", ""))[:30]:
        every = every.filter(company__category=category)
    if county := clean(asked.get("county", ""))[:5]:
        every = every.filter(company__town__county=county)
    words = clean(asked.get("q", ""))[:100]
    number = words.upper().removeprefix("A-")
    if words and number.isdecimal() and len(number) < 8:
        return every.filter(Q(number=int(number)) | Q(company__ubn=number))
    return every.filter(
        matching(words, "company__name_zh", "company__name_en", "company__ubn", "company__town__name_zh")
    )


def _categories(every: QuerySet[Application]) -> list[Choice]:
    rows = every.order_by().values(code=F("company__category")).annotate(count=Count("pk"))
    count = {row["code"]: row["count"] for row in rows}
    found = Category.objects.filter(code__in=count)
    return [Choice(category.code, localized(category, "name"), count[category.code], False) for category in found]


def _counties(every: QuerySet[Application]) -> list[Choice]:
    rows = every.order_by().values(code=F("company__town__county")).annotate(count=Count("pk"))
    count = {row["code"]: row["count"] for row in rows}
    found = County.objects.filter(code__in=count)
    return [Choice(county.code, localized(county, "name"), count[county.code], False) for county in found]


def _uuids(keys: set[str]) -> list[str]:
    """Keys that have the form of an id; one that has not is nobody's."""
    if not all(len(key) == 36 and key.count("-") == 4 for key in keys):
        raise Http404
    return list(keys)


def _query(request: DeskRequest) -> str:
    """The view and filters that the form came from."""
    kept = {
        name: request.POST[name]
        for name in ("view", "state", "category", "county", "q", "sort", "page")
        if request.POST.get(name)
    }
    return f"?{urlencode(kept)}" if kept else ""
