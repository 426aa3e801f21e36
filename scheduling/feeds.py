"""The addresses of feeds: which entries each stands for. What is served is what was published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar  # Any: a key may come from a table of any kind

from django.db.models import CharField, Model, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from exhibitors.models import Company
from fairs.models import Category, County, Fair, Town
from scheduling import calendars, keys, serving, subscribing
from scheduling.binding import Selection, bind
from scheduling.models import Feed, FeedToken, Invitation, Stage
from scheduling.publishing import feed_for

Thing = TypeVar("Thing", bound=Model)
# What an address may stand for: a key, or a query for one, which then finds the feed in the same query.
Keys = Sequence[str] | QuerySet[Any, str]
_MOST_CHOICES = 30  # of one filter


@require_safe
def fairs(request: HttpRequest, form: str) -> HttpResponse:
    """All fairs, or with `?county=`, `?town=` and `?category=` (several with commas) those that fit."""
    groups = _filters(request, {"county": _county_key, "town": _town_key, "category": _category_key})
    if groups:
        return _joined(request, keys.FAIRS, groups, form)
    return _published(request, [keys.FAIRS], form)


@require_safe
def fair(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """A fair's days and programme, or with `?category=`, `?stage=` and `?town=` the sessions that fit."""
    if not {"category", "stage", "town"} & set(request.GET):
        return _published(request, _with_prefix("fair:", Fair.objects.public().filter(slug=slug)), form)
    found = Fair.objects.public().filter(slug=slug).first()
    if found is None:
        raise Http404
    stages = {stage.slug: keys.stage(stage.pk) for stage in found.stages.all()}

    def category_key(code: str) -> str | None:
        return keys.category(code, fair_id=found.pk) if Category.objects.filter(pk=code).exists() else None

    groups = _filters(request, {"category": category_key, "stage": stages.get, "town": _town_key})
    return _joined(request, keys.fair(found.pk), groups, form)


@require_safe
def category(request: HttpRequest, slug: str, code: str, form: str) -> HttpResponse:
    """The sessions of a fair on one kind of product."""
    if not Category.objects.filter(pk=code).exists():
        raise Http404
    found = Fair.objects.public().filter(slug=slug)
    return _published(request, _with_prefix("category:", found, ending=f":{code}"), form)


@require_safe
def stage(request: HttpRequest, slug: str, stage: str, form: str) -> HttpResponse:
    """The sessions on one stage."""
    found = Stage.objects.filter(fair__in=Fair.objects.public(), fair__slug=slug, slug=stage)
    return _published(request, _with_prefix("stage:", found), form)


@require_safe
def town(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The fairs in a town, and the sessions with makers from there."""
    return _published(request, _with_prefix("town:", Town.objects.filter(pk=code)), form)


@require_safe
def county(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The fairs in a county, and the sessions with makers from there."""
    return _published(request, _with_prefix("county:", County.objects.filter(pk=code)), form)


@require_safe
def company(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """A maker's fairs, booths and sessions."""
    return _published(request, _with_prefix("company:", Company.objects.filter(slug=slug)), form)


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What was announced, moved, cancelled and published, as Atom."""
    return _published(request, [keys.NEWS], Feed.Form.ATOM)


@require_safe
def private(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """A company's dates and deadlines, or a person's own; 404 from the instant at which the address was revoked."""
    opened = subscribing.opened_by(token)
    if opened is None:
        return serving.unknown_private()
    if opened.company_id is None:
        return _personal(request, opened, form)
    key, language = keys.own(opened.company_id), serving.language_of(request)
    feeds = Feed.objects.filter(key=key, language=language, form=form)
    shown = serving.stored(request, feeds)
    if shown is None:
        feed_for(key, language, form)
        shown = serving.stored(request, feeds)
    return serving.private(request, shown, form=form) if shown else serving.unknown_private()


def _personal(request: HttpRequest, token: FeedToken, form: str) -> HttpResponse:
    """What a person presents and is invited to: joined when asked for, since few read it."""
    language = serving.language_of(request)
    invitations = Invitation.objects.filter(user=token.user_id).exclude(
        state__in=[Invitation.State.CANCELLED, Invitation.State.DECLINED]
    )
    asked = invitations.annotate(about=Coalesce("session", "fair")).values_list("about", flat=True)
    selection = Selection([[keys.user(token.user_id)]], also=list(asked))
    bound = bind(selection, calendars.personal(language), language=language, form=form)
    return serving.private(request, serving.joined(request, bound), form=form)


def _published(request: HttpRequest, found: Keys, form: str) -> HttpResponse:
    """The stored feed: one query, but for the first time that anybody asks."""
    language = serving.language_of(request)
    feeds = Feed.objects.filter(key__in=found, language=language, form=form)
    shown = serving.stored(request, feeds)
    if shown is None:
        key = next(iter(found), None)
        if key is None or feed_for(key, language, form) is None:
            raise Http404
        shown = serving.stored(request, feeds)
    if shown is None:
        raise Http404
    return serving.public(request, shown, form=form)


def _joined(request: HttpRequest, key: str, groups: Mapping[str, Mapping[str, str]], form: str) -> HttpResponse:
    """A combination of filters, joined from entries when it is asked for."""
    language = serving.language_of(request)
    calendar = calendars.describe(key, language)
    if calendar is None:
        raise Http404
    query = "&".join(f"{name}={','.join(sorted(chosen))}" for name, chosen in sorted(groups.items()))
    selection = Selection([[key], *(list(chosen.values()) for chosen in groups.values())])
    bound = bind(selection, replace(calendar, query=query), language=language, form=form)
    return serving.public(request, serving.joined(request, bound), form=form)


def _with_prefix(prefix: str, things: QuerySet[Thing], *, ending: str = "") -> QuerySet[Any, str]:
    """The keys of these things, made in the database, so that finding them and their feed is one query."""
    key = Concat(Value(prefix), Cast("pk", CharField()), Value(ending))
    return things.annotate(key=key).values_list("key", flat=True)


def _filters(request: HttpRequest, key_of: Mapping[str, Callable[[str], str | None]]) -> dict[str, dict[str, str]]:
    """By the name of each filter that is used: its choices and their keys. Raises Http404 for a choice that is none."""
    groups = {}
    for name, find in key_of.items():
        given = [choice for text in request.GET.getlist(name) for choice in text.split(",") if choice]
        found = {choice: find(choice) for choice in given[:_MOST_CHOICES]}
        if None in found.values() or len(given) > _MOST_CHOICES:
            raise Http404
        if found:
            groups[name] = {choice: key for choice, key in found.items() if key}
    return groups


def _county_key(code: str) -> str | None:
    return keys.county(code) if County.objects.filter(pk=code).exists() else None


def _town_key(code: str) -> str | None:
    return keys.town(code) if Town.objects.filter(pk=code).exists() else None


def _category_key(code: str) -> str | None:
    return keys.category(code) if Category.objects.filter(pk=code).exists() else None
