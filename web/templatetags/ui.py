"""Tags and filters of the pages: icons, tiles, chips, text in the reader's language, days in words."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, override, pgettext

from core import dates
from core.text import localized
from web import booths
from web.crafts import GROUNDS, frieze_of, tile_of
from web.drawing import qr_code
from web.states import look

register = template.Library()
OTHER = {"zh": "en", "en": "zh"}  # by the first letters of the reader's language
JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
PLACE_KINDS = {"District", "Township", "City", "County"}
TWICE = {"Hsinchu", "Chiayi"}
TAGS = {"zh": "zh-Hant", "en": "en"}


def _mine() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def _symbol(name: str) -> str:
    return f"{static('sprite.svg')}#{name}"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; silent unless it has a label, for it stands beside its word."""
    if label:
        return format_html(
            '<svg class="ico" viewBox="0 0 20 20" role="img" aria-label="{}"><use href="{}"/></svg>',
            label,
            _symbol(f"i-{name}"),
        )
    return format_html(
        '<svg class="ico" viewBox="0 0 20 20" aria-hidden="true"><use href="{}"/></svg>', _symbol(f"i-{name}")
    )


@register.simple_tag
def seal() -> SafeString:
    """The house's mark."""
    return format_html('<svg viewBox="0 0 36 36" aria-hidden="true"><use href="{}"/></svg>', _symbol("seal"))


@register.simple_tag
def tile(category: str, ground: str = "") -> SafeString:
    """The tile of a category; `ground` (a to f) puts it on another colour than its own."""
    name = tile_of(category)
    return format_html(
        '<svg class="tile g-{}" viewBox="0 0 48 48" aria-hidden="true"><use href="{}"/></svg>',
        ground or GROUNDS[name],
        _symbol(f"t-{name}"),
    )


@register.simple_tag
def named_tile(name: str) -> SafeString:
    """A tile by its own name, for pages that speak of no category."""
    return format_html(
        '<svg class="tile g-{}" viewBox="0 0 48 48" aria-hidden="true"><use href="{}"/></svg>',
        GROUNDS[name],
        _symbol(f"t-{name}"),
    )


@register.simple_tag
def frieze(categories: list[str], length: int = 16) -> SafeString:
    """A row of tiles across the page, those of `categories` first."""
    names = frieze_of(categories, length=length)
    tiles = format_html_join(
        "",
        '<svg class="tile g-{}" x="{}" width="48" height="48" viewBox="0 0 48 48"><use href="{}"/></svg>',
        ((GROUNDS[name], i * 48, _symbol(f"t-{name}")) for i, name in enumerate(names)),
    )
    return format_html(
        '<svg class="frieze" viewBox="0 0 {} 48" preserveAspectRatio="xMidYMid slice" aria-hidden="true">{}</svg>',
        length * 48,
        tiles,
    )


@register.simple_tag
def chip(kind: str, state: str, text: str = "") -> SafeString:
    """The chip of a state; `text` says more than the state's own word, such as a place on the waitlist."""
    seen = look(kind, state)
    return format_html(
        '<span class="chip" data-tone="{}" data-state="{}">{}{}</span>',
        seen.tone,
        state,
        icon(seen.icon),
        text or seen.word,
    )


@register.simple_tag
def word(kind: str, state: str) -> str:
    """The word of a state alone, for titles and options."""
    return str(look(kind, state).word)


@register.simple_tag
def text(obj: object, field: str = "name") -> str:
    """`field` of `obj` in the reader's language; Chinese is the original where English is missing."""
    return localized(obj, field) if obj is not None else ""


@register.simple_tag
def other_text(obj: object, field: str = "name", tag: str = "p", cls: str = "soft") -> SafeString | str:
    """`field` in the other language, in soft ink and marked with its language; nothing where there is none."""
    other = OTHER[_mine()]
    said = getattr(obj, f"{field}_{other}", "")
    if not said or said == localized(obj, field):
        return ""
    return format_html('<{0} class="{1}" lang="{2}">{3}</{0}>', tag, cls, TAGS[other], said)


@register.simple_tag
def qr(address: str) -> SafeString:
    """The QR code of an address."""
    return qr_code(address, label=gettext("QR code of the address"))


@register.filter
def get(values: Mapping[Any, Any], key: Any) -> Any:
    """The value of a key that a variable names; nothing where it is missing."""
    return values.get(key, "") if values else ""


@register.filter
def has(values: Any, value: Any) -> bool:
    """Whether `value` is among `values`, also where one is a number and the other its text."""
    return str(value) in {str(item) for item in values or ()}


@register.filter
def day(value: date | datetime | None, zone: tzinfo | None = None) -> str:
    return dates.full_day(value, zone) if value else ""


@register.filter
def day_short(value: date | datetime | None, zone: tzinfo | None = None) -> str:
    return dates.short_day(value, zone) if value else ""


@register.filter
def day_bare(value: date | datetime | None, zone: tzinfo | None = None) -> str:
    return dates.bare_day(value, zone) if value else ""


@register.filter
def clock(value: datetime | None, zone: tzinfo | None = None) -> str:
    return dates.clock(value, zone) if value else ""


@register.filter
def moment(value: datetime | None, zone: tzinfo | None = None) -> str:
    return dates.full_moment(value, zone) if value else ""


@register.filter
def moment_short(value: datetime | None, zone: tzinfo | None = None) -> str:
    return dates.short_moment(value, zone) if value else ""


@register.filter
def time_left(value: date | datetime | None, zone: tzinfo | None = None) -> str:
    return dates.time_left(value, zone=zone) if value else ""


@register.filter
def iso(value: date | datetime | None, zone: tzinfo | None = None) -> str:
    """For `datetime` attributes and fields of forms."""
    if isinstance(value, datetime):
        return timezone.localtime(value, zone).isoformat(timespec="minutes")
    return value.isoformat() if value else ""


@register.simple_tag
def days(first: date, last: date) -> str:
    """From the first to the last day, in full."""
    return dates.full_days(first, last)


@register.simple_tag
def days_short(first: date, last: date) -> str:
    """From the first to the last day, in short."""
    return dates.short_days(first, last)


@register.simple_tag
def clocks(start: datetime, end: datetime, zone: tzinfo | None = None) -> str:
    """From one time of day to another."""
    return dates.clocks(start, end, zone)


@register.filter
def money(value: int | Decimal | None) -> str:
    """6,000 元, NT$6,000; with a minus sign before it where something is taken off."""
    if value is None:
        return ""
    said = gettext("NT$%(amount)s") % {"amount": figure(-value if value < 0 else value)}
    return f"−{said}" if value < 0 else said


@register.filter
def figure(value: int | float | Decimal | None) -> str:
    """A number with its thousands apart and no needless noughts: 1,284 and 82.5."""
    if value is None:
        return ""
    whole, _, rest = format(Decimal(str(value)).normalize(), "f").partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")


@register.filter
def kilowatts(watts: int | None) -> str:
    """2.2 kW, of watts."""
    return f"{figure(Decimal(watts) / 1000)} kW" if watts is not None else ""


@register.filter
def metres(value: Decimal | float | None) -> str:
    """3 m."""
    return f"{figure(value)} m" if value is not None else ""


@register.simple_tag(takes_context=True)
def here(context: template.Context, *views: str) -> bool:
    """Whether the page shown is one of these, by the names of their addresses."""
    request: HttpRequest = context["request"]
    match = request.resolver_match
    return bool(match and match.view_name in views)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's own query with some of it changed, `None` taking a name away: for pages, sorts and filters."""
    request: HttpRequest = context["request"]
    asked = request.GET.copy()
    asked.pop("lang", None)
    for name, value in changes.items():
        if value is None or value == "":
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    return f"?{asked.urlencode()}" if asked else "?"


@register.simple_tag
def soon(minutes: int) -> str:
    """The time of day in so many minutes, in the house's zone."""
    return dates.clock(timezone.now() + timedelta(minutes=minutes))


@register.simple_tag
def place(town: Any) -> str:
    """新北市 鶯歌區; Yingge, New Taipei: the town with its county, in full as on first mention."""
    county, name = localized(town.county, "name"), localized(town, "name")
    if _mine() == "zh":
        return f"{county} {name}"
    return f"{_short_place(name)}, {_short_place(county)}"


def _short_place(name: str) -> str:
    """Yingge of Yingge District; Hsinchu and Chiayi keep their kind, for each is a city and a county."""
    head, _space, kind = name.rpartition(" ")
    return head if kind in PLACE_KINDS and head not in TWICE else name


@register.inclusion_tag("parts/crumbs.html")
def crumbs(*steps: str) -> dict[str, Any]:
    """Where the page stands: name and address in turn, the last one a name alone."""
    names, addresses = steps[::2], [*steps[1::2], ""]
    return {"steps": list(zip(names, addresses, strict=False))}


@register.simple_tag
def json_ld(data: Any) -> SafeString:
    """A data block of schema.org. Its text can't end the block: < > & are written as escapes, as json_script does."""
    body = json.dumps(data, ensure_ascii=False, cls=DjangoJSONEncoder).translate(JSON_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(body))  # noqa: S308 - just escaped


@register.inclusion_tag("parts/when_of.html")
def when_of(at: date | datetime) -> dict[str, Any]:
    """A day as it leads a line: month, day, weekday."""
    day = dates.on(at)
    return {
        "month": dates.SHORT_MONTHS[day.month - 1],
        "day": day.day,
        "weekday": pgettext("weekday of a fair", "%(first)s") % {"first": dates.SHORT_WEEKDAYS[day.weekday()]},
    }


@register.filter
def words(value: str) -> list[str]:
    """The words of a text, for a template that names fields."""
    return value.split()


@register.filter
def field(form: Any, name: str) -> Any:
    """A field of a form by its name."""
    return form[name]


@register.filter
def numbers_of(application: Any) -> str:
    """The booths held for an application whose placements were prefetched."""
    return booths.numbers_of(application)


@register.simple_tag(takes_context=True)
def sorting(context: template.Context, name: str, key: str, current: str, cls: str = "") -> SafeString:
    """The head of a column that one may sort by; the current one says so, and how."""
    is_current = current == key
    order = "descending" if key == "score" else "ascending"
    return format_html(
        '<th role="columnheader" scope="col"{}{}><a href="{}">{}{}</a></th>',
        format_html(' class="{}"', cls) if cls else "",
        format_html(' aria-sort="{}"', order) if is_current else "",
        query(context, sort=key, page=None),
        name,
        icon("down" if is_current else "sort"),
    )


def _in_other(words: str) -> str:
    with override("zh-hant" if _mine() == "en" else "en"):
        return gettext(words)


@register.simple_tag
def both(words: str, other_lang: str) -> SafeString:
    """A text in the reader's language, and after it in the other one in soft ink. Its msgids stand in `web.twofold`."""
    return format_html('{} <span class="soft" lang="{}">{}</span>', gettext(words), other_lang, _in_other(words))


@register.simple_tag
def both_lines(words: str, other_lang: str) -> SafeString:
    """As `both`, the other language below."""
    return format_html(
        '{}<br><span class="soft small" lang="{}">{}</span>', gettext(words), other_lang, _in_other(words)
    )


@register.simple_tag
def both_note(tone: str, icon_name: str, words: str, more: str) -> SafeString:
    """A note in both languages, with nothing more if `more` is blank."""
    lang = TAGS[OTHER[_mine()]]
    return format_html(
        '<div class="note" data-tone="{}">{}<b>{}</b><span>{}</span>'
        '<span class="small" lang="{}"><b>{}</b> {}</span></div>',
        tone,
        icon(icon_name),
        gettext(words),
        gettext(more) if more else "",
        lang,
        _in_other(words),
        _in_other(more) if more else "",
    )
