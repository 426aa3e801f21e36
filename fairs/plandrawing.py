"""A floor plan as a template draws it: every coordinate ready as text, so that the SVG is a page without arithmetic.

What upper rooms know (who stands where, what links to what) comes in as `Mark`, a booth's number at a time.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fairs.boxes import Box, Side, blocks, close_by
from fairs.floorplan import Booth, Hall, box_of, floor_of, natural
from fairs.plancheck import Fault, Point

SCALE = 12  # pixels a metre
MARGIN = 12  # pixels around the hall
PATTERNS = "abcdef"  # the textures and colours #p-a to #p-f; with more zones they repeat, the letters do not
_DOOR = 4_000  # mm, as wide as it is drawn
_LABEL = 24  # pixels above or under a block that a zone's name takes
_WIDE, _SLIM = 19, 11  # pixels of a Chinese character and of a Latin letter in a zone's name, on average


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A part of a fair, as booths name it by its letter, with its name in the reader's language."""

    letter: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """Something else that stands in the hall: a stage, a pillar, the information desk. In metres, like a booth."""

    label: str
    x: Decimal
    y: Decimal
    width: Decimal
    depth: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is to be shown of one booth. `label` is its name for those who cannot see it, `href` where it leads.

    Dashed: not yet confirmed. Selected: the reader is looking at this one, so it bears the pin.
    """

    label: str = ""
    href: str = ""
    is_dashed: bool = False
    is_selected: bool = False
    is_starred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """`x`, `y`, `width` and `height` of a `rect`, and where a text in its middle stands."""

    x: str
    y: str
    width: str
    height: str
    text_x: str
    text_y: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A point."""

    x: str
    y: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoothDrawing:
    """A booth. `star` is where the star's centre is, if it has one; a faulty one is in some fault of the check."""

    number: str
    box: Rectangle
    label: str
    href: str
    is_dashed: bool
    is_selected: bool
    is_faulty: bool
    star: Spot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A text that begins at a point."""

    text: str
    at: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneDrawing:
    """A zone with its booths in the order of their numbers. `pattern` is one of a to f, or blank outside any zone."""

    letter: str
    name: str
    pattern: str
    captions: tuple[Caption, ...]
    booths: tuple[BoothDrawing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixtureDrawing:
    """Something else in the hall."""

    label: str
    box: Rectangle


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDrawing:
    """A line as the `d` of a `path`, and where a text beside it stands."""

    path: str
    text: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class GapDrawing:
    """An aisle that is too narrow: where it is measured, and the fault that says how wide it should be."""

    line: LineDrawing
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDrawing:
    """A hall, ready to draw. `pin` is the point that the pin's tip touches."""

    view_box: str
    width: str
    height: str
    floor: Rectangle
    zones: tuple[ZoneDrawing, ...]
    fixtures: tuple[FixtureDrawing, ...] = ()
    door: LineDrawing | None = None
    pin: Spot | None = None
    gaps: tuple[GapDrawing, ...] = ()


def plan(
    hall: Hall,
    booths: Sequence[Booth],
    *,
    zones: Sequence[Zone] = (),
    marks: Mapping[str, Mark] | None = None,
    fixtures: Sequence[Fixture] = (),
    entrance: Point | None = None,
    faults: Sequence[Fault] = (),
    scale: int = SCALE,
) -> PlanDrawing:
    """A hall drawn at `scale` pixels a metre, booths and zones in the order that one reads, whatever they came in.

    `zones` are all of the fair's, in their order, so that a zone has one colour in all halls; those without a booth
    here are left out. `faults` come from `fairs.plancheck.check`. The entrance is drawn on the wall nearest to it.
    """
    paper = _Paper(scale)
    floor = floor_of(hall)
    ordered = sorted(booths, key=lambda booth: natural(booth.number))
    faulty = {number for fault in faults for number in fault.booths}
    drawn = [_booth(paper, booth, (marks or {}).get(booth.number, Mark()), booth.number in faulty) for booth in ordered]
    width, height = (paper.length(side) + 2 * MARGIN for side in (floor.right, floor.bottom))
    return PlanDrawing(
        view_box=f"0 0 {_text(width)} {_text(height)}",
        width=_text(width),
        height=_text(height),
        floor=paper.rectangle(floor),
        zones=_zones(paper, floor, zones, list(zip(ordered, drawn, strict=True)), fixtures),
        fixtures=tuple(FixtureDrawing(label=fixture.label, box=paper.rectangle(_at(fixture))) for fixture in fixtures),
        door=_door(paper, floor, entrance) if entrance else None,
        pin=next((_pin(paper, booth) for booth, one in zip(ordered, drawn, strict=True) if one.is_selected), None),
        gaps=tuple(GapDrawing(line=_gap(paper, *fault.line), fault=fault) for fault in faults if fault.line),
    )


@dataclass(frozen=True, slots=True)
class _Paper:
    """Millimetres in the hall to pixels on the page. Numbers stay exact until they become text."""

    scale: int

    def length(self, length: int) -> Decimal:
        return Decimal(length * self.scale) / 1000

    def place(self, coordinate: int) -> Decimal:
        return MARGIN + self.length(coordinate)

    def spot(self, x: int, y: int, *, right: int = 0, down: int = 0) -> Spot:
        """A point, some pixels further to the right and down."""
        return Spot(x=_text(self.place(x) + right), y=_text(self.place(y) + down))

    def rectangle(self, box: Box) -> Rectangle:
        middle = self.spot((box.left + box.right) // 2, (box.top + box.bottom) // 2, down=5)
        return Rectangle(
            x=_text(self.place(box.left)),
            y=_text(self.place(box.top)),
            width=_text(self.length(box.right - box.left)),
            height=_text(self.length(box.bottom - box.top)),
            text_x=middle.x,
            text_y=middle.y,
        )

    def millimetres(self, pixels: int) -> int:
        return pixels * 1000 // self.scale


def _text(pixels: Decimal) -> str:
    """At most two decimals, with a point in every language."""
    return f"{pixels:.2f}".rstrip("0").rstrip(".")


def _at(fixture: Fixture) -> Box:
    return Box.at(fixture.x, fixture.y, fixture.width, fixture.depth)


def _booth(paper: _Paper, booth: Booth, mark: Mark, is_faulty: bool) -> BoothDrawing:
    box = box_of(booth)
    return BoothDrawing(
        number=booth.number,
        box=paper.rectangle(box),
        label=mark.label or booth.number,
        href=mark.href,
        is_dashed=mark.is_dashed,
        is_selected=mark.is_selected,
        is_faulty=is_faulty,
        star=paper.spot(box.right, box.top, right=-5, down=5) if mark.is_starred else None,
    )


def _zones(
    paper: _Paper,
    floor: Box,
    zones: Sequence[Zone],
    booths: Sequence[tuple[Booth, BoothDrawing]],
    fixtures: Sequence[Fixture],
) -> tuple[ZoneDrawing, ...]:
    """Each zone that has booths here, then those booths that are in none."""
    taken = [*(box_of(booth) for booth, _ in booths), *map(_at, fixtures)]
    patterns = {zone.letter: PATTERNS[i % len(PATTERNS)] for i, zone in enumerate(zones)}
    drawings = []
    for zone in [*zones, None]:
        own = [
            (booth, drawn)
            for booth, drawn in booths
            if (booth.zone == zone.letter if zone else booth.zone not in patterns)
        ]
        if own:
            captions = _captions(paper, floor, zone, [box_of(booth) for booth, _ in own], taken) if zone else []
            drawings.append(
                ZoneDrawing(
                    letter=zone.letter if zone else "",
                    name=zone.name if zone else "",
                    pattern=patterns[zone.letter] if zone else "",
                    captions=tuple(captions),
                    booths=tuple(drawn for _, drawn in own),
                )
            )
    return tuple(drawings)


def _captions(paper: _Paper, floor: Box, zone: Zone, boxes: Sequence[Box], taken: list[Box]) -> list[Caption]:
    """The zone's letter at each of its blocks, once with the name, wherever that covers nothing.

    `taken` grows by what the captions cover. The legend tells what did not fit.
    """
    captions: list[Caption] = []
    is_named = False
    for block in _blocks(boxes):
        for text in ([] if is_named else [f"{zone.letter} {zone.name}"]) + [zone.letter]:
            if found := _free_spot(paper, floor, text, block, taken):
                area, at = found
                taken.append(area)
                captions.append(Caption(text=text, at=at))
                is_named = is_named or text != zone.letter
                break
    return captions


def _free_spot(paper: _Paper, floor: Box, text: str, block: Box, taken: Sequence[Box]) -> tuple[Box, Spot] | None:
    """Above the block or under it: what the text covers and where it begins.

    Under it only where nothing stands further down, or the text would seem to belong to that.
    """
    long = paper.millimetres(sum(_SLIM if char.isascii() else _WIDE for char in text))
    high = paper.millimetres(_LABEL)
    above = Box(block.left, block.top - high, block.left + long, block.top)
    under = Box(block.left, block.bottom, block.left + long, block.bottom + high)
    if floor.holds(above) and not any(map(above.meets, taken)):
        return above, paper.spot(block.left, block.top, down=-12)
    if floor.holds(under) and not any(map(under._replace(bottom=under.bottom + 2 * high).meets, taken)):
        return under, paper.spot(block.left, block.bottom, down=22)
    return None


def _blocks(boxes: Sequence[Box]) -> list[Box]:
    """What encloses each group of boxes that share walls, from top to bottom and left to right."""
    groups: dict[int, list[Box]] = defaultdict(list)
    for box, block in zip(boxes, blocks(boxes, close_by(boxes, reach=1)), strict=True):
        groups[block].append(box)
    return sorted(map(_enclosing, groups.values()), key=lambda block: (block.top, block.left))


def _enclosing(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def _door(paper: _Paper, floor: Box, entrance: Point) -> LineDrawing:
    """A door in the nearest wall, and its text inside the hall."""
    spot = Box.at(entrance.x, entrance.y, Decimal(0), Decimal(0))
    side = min(Side, key=lambda side: abs(spot.edge(side) - floor.edge(side)))
    wall = floor.edge(side)
    if side in {Side.TOP, Side.BOTTOM}:
        start = min(max(spot.left - _DOOR // 2, 0), max(floor.right - _DOOR, 0))
        end = min(start + _DOOR, floor.right)
        path = f"M{_text(paper.place(start))} {_text(paper.place(wall))}h{_text(paper.length(end - start))}"
        return LineDrawing(path=path, text=paper.spot((start + end) // 2, wall, down=22 if side is Side.TOP else -14))
    start = min(max(spot.top - _DOOR // 2, 0), max(floor.bottom - _DOOR, 0))
    end = min(start + _DOOR, floor.bottom)
    path = f"M{_text(paper.place(wall))} {_text(paper.place(start))}v{_text(paper.length(end - start))}"
    return LineDrawing(
        path=path, text=paper.spot(wall, (start + end) // 2, right=40 if side is Side.LEFT else -40, down=5)
    )


def _pin(paper: _Paper, booth: Booth) -> Spot:
    box = box_of(booth)
    return paper.spot((box.left + box.right) // 2, box.top, down=2)


def _gap(paper: _Paper, start: Point, end: Point) -> LineDrawing:
    """The line across an aisle, its text beside one that goes down and over one that goes across."""
    line = Box.at(start.x, start.y, end.x - start.x, end.y - start.y)
    first, last = paper.spot(line.left, line.top), paper.spot(line.right, line.bottom)
    if line.left == line.right:
        text = paper.spot(line.left, (line.top + line.bottom) // 2, right=10, down=5)
    else:
        text = paper.spot(min(line.left, line.right), min(line.top, line.bottom), down=-8)
    return LineDrawing(path=f"M{first.x} {first.y}L{last.x} {last.y}", text=text)
