"""Small pictures as SVG text: QR codes, bars of a chart, dots of scores. Colours come from the style sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

import segno
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

LARGE = 19  # of letters in a chart on a small screen, as the style sheet has them
LONGEST = 12  # ems that the name of a bar may take
QUIET = 2  # modules of white around a QR code, drawn small; the box around it is white as well


def qr_code(address: str, *, label: str) -> SafeString:
    """The QR code of an address, dark on white in day and night, for a camera needs the contrast."""
    rows = segno.make(address, error="m", micro=False).matrix
    size = len(rows) + 2 * QUIET
    dots = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#111" d="{2}"/></svg>',
        size,
        label,
        dots,
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a lying chart; `target`, where there is one, is drawn as a dashed line."""

    name: str
    value: int
    target: int | None = None


def lying_bars(bars: Sequence[Bar], *, label: str, width: int = 520) -> SafeString:
    """Bars with their name before and their figure behind; `label` says in a sentence what they show."""
    most = max((max(bar.value, bar.target or 0) for bar in bars), default=0) or 1
    names = [_fitting(bar.name) for bar in bars]
    left = max(round(max(map(_ems, names), default=0) * LARGE), 86) + 10
    room = width - left - 64
    rows = []
    for i, bar in enumerate(bars):
        top = 8 + i * 24
        end = bar.value / most * room
        cut = left + (bar.target or 0) / most * room
        # The figure steps aside for the target's line.
        text = cut + 8 if bar.target and left + end - 4 <= cut < left + end + 44 else left + end + 8
        line = format_html('<path class="cut" d="M{} {}v23"/>', f"{cut:.0f}", top - 3) if bar.target else ""
        figure = (f"{text:.0f}", top + 14, f"{bar.value:,}")
        rows.append((left - 10, top + 14, names[i], left, top, f"{end:.0f}", line, *figure))
    body = format_html_join(
        "",
        '<text class="t e" x="{}" y="{}">{}</text><rect class="k3" x="{}" y="{}" width="{}" height="17"/>{}'
        '<text class="v" x="{}" y="{}">{}</text>',
        rows,
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        width,
        12 + len(bars) * 24,
        label,
        body,
    )


def _ems(words: str) -> float:
    """How wide words are, in heights of a letter: a Chinese one is as wide as it is high."""
    return sum(1 if letter > "\u2e80" else 0.6 for letter in words)


def _fitting(name: str) -> str:
    """A name that leaves room for its bar."""
    if _ems(name) <= LONGEST:
        return name
    while _ems(name) > LONGEST - 1:
        name = name[:-1]
    return f"{name.rstrip()}…"


def standing_bars(bars: Sequence[Bar], *, label: str, note: str, width: int = 520) -> SafeString:
    """Bars side by side, the last one in another colour, for a count a day; a bar's name is written where not empty."""
    most = max((bar.value for bar in bars), default=0) or 1
    step = (width - 40) / max(len(bars), 1)
    body = []
    for i, bar in enumerate(bars):
        high = bar.value / most * 90
        x = f"{34 + i * step:.1f}"
        kind = "k2" if i == len(bars) - 1 else "k1"
        body.append(
            format_html(
                '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
                kind,
                x,
                f"{120 - high:.1f}",
                f"{max(step - 3, 1):.1f}",
                f"{high:.1f}",
            )
        )
        if bar.name:
            body.append(format_html('<text x="{}" y="140">{}</text>', x, bar.name))
    half = f'<text class="e" x="24" y="79">{most // 2}</text>' if most > 1 else ""
    return format_html(
        '<svg class="chart" viewBox="0 0 {0} 150" role="img" aria-label="{1}">'
        '<path class="grid" d="M30 30h{2}M30 75h{2}"/><path class="axis" d="M30 120h{2}"/>'
        '<text class="e" x="24" y="34">{3}</text>{4}<text class="e" x="24" y="124">0</text>{5}'
        '<text class="v e" x="{0}" y="18">{6}</text></svg>',
        width,
        label,
        width - 30,
        most,
        mark_safe(half),  # noqa: S308 - a whole number that we computed
        mark_safe("".join(body)),  # noqa: S308 - joined from pieces that format_html escaped
        note,
    )


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The scores of one discipline, 0 to 100."""

    name: str
    mean: float
    scores: Sequence[float]


def score_dots(rows: Sequence[ScoreRow], *, label: str, low: int = 40) -> SafeString:
    """A row a discipline: each expert a dot, the mean a diamond and a figure at the end of the row; `low` to 100."""
    low = min([low, *(int(score // 10 * 10) for row in rows for score in row.scores)])

    def across(score: float) -> str:
        return f"{100 + (score - low) / (100 - low) * 350:.1f}"

    body = []
    for i, row in enumerate(rows):
        y = 24 + i * 34
        body.append(format_html('<text class="t e" x="88" y="{}">{}</text>', y + 5, row.name))
        body.append(
            format_html('<path class="axis" d="M{} {}H{}"/>', across(min(row.scores)), y, across(max(row.scores)))
        )
        body.extend(format_html('<circle class="k3" cx="{}" cy="{}" r="5"/>', across(score), y) for score in row.scores)
        body.append(format_html('<path class="me" d="M{} {}l7 9-7 9-7-9z"/>', across(row.mean), y - 9))
        body.append(format_html('<text class="v e" x="516" y="{}">{}</text>', y + 5, f"{row.mean:.1f}"))
    bottom = 24 + len(rows) * 34
    ticks = range(low, 101, 10 if low >= 40 else 20)
    body.append(format_html('<path class="axis" d="M100 {}h350"/>', bottom - 18))
    body.extend(format_html('<text class="m" x="{}" y="{}">{}</text>', across(tick), bottom, tick) for tick in ticks)
    return format_html(
        '<svg class="chart" viewBox="0 0 520 {}" role="img" aria-label="{}">{}</svg>',
        bottom + 6,
        label,
        mark_safe("".join(body)),  # noqa: S308 - joined from pieces that format_html escaped
    )
