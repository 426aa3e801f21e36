"""Rectangles in whole millimetres, so that sharing a wall is exact and quick to find out."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Self


class Side(StrEnum):
    """A side of a rectangle, as one looks at the plan."""

    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    LEFT = "left"

    @property
    def opposite(self) -> "Side":
        """The side across."""
        return _OPPOSITE[self]


_OPPOSITE = {Side.TOP: Side.BOTTOM, Side.BOTTOM: Side.TOP, Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}


class Box(NamedTuple):
    """A rectangle, y downwards. Its edges do not belong to it: neighbours do not meet."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def at(cls, x: Decimal, y: Decimal, width: Decimal, depth: Decimal) -> Self:
        """From the top left corner and the size in metres. Raises ValueError for parts of a millimetre."""
        left, top = millimetres(x), millimetres(y)
        return cls(left, top, left + millimetres(width), top + millimetres(depth))

    def meets(self, other: "Box") -> bool:
        """Whether the two have an area in common."""
        return self.common_x(other) > 0 and self.common_y(other) > 0

    def common_x(self, other: "Box") -> int:
        """How far the two lie above each other: the length in common, or the gap between them as a negative number."""
        return min(self.right, other.right) - max(self.left, other.left)

    def common_y(self, other: "Box") -> int:
        """The same for side by side."""
        return min(self.bottom, other.bottom) - max(self.top, other.top)

    def wall_with(self, other: "Box") -> int:
        """The length of the wall that the two share; 0 for those that overlap, or touch at a corner only."""
        x, y = self.common_x(other), self.common_y(other)
        return max(x, y) if min(x, y) == 0 else 0

    def holds(self, other: "Box") -> bool:
        """Whether no part of the other is outside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def between(self, other: "Box") -> "Box":
        """What lies between two that do not meet: where they face each other, or from corner to corner."""
        xs = sorted((max(self.left, other.left), min(self.right, other.right)))
        ys = sorted((max(self.top, other.top), min(self.bottom, other.bottom)))
        return Box(xs[0], ys[0], xs[1], ys[1])

    def edge(self, side: Side) -> int:
        """Where a side lies: x of the left and right one, y of the others."""
        match side:
            case Side.TOP:
                return self.top
            case Side.RIGHT:
                return self.right
            case Side.BOTTOM:
                return self.bottom
            case _:  # the left one
                return self.left

    def beside(self, side: Side, deep: int) -> "Box":
        """The strip along a whole side, outside the box."""
        match side:
            case Side.TOP:
                return Box(self.left, self.top - deep, self.right, self.top)
            case Side.RIGHT:
                return Box(self.right, self.top, self.right + deep, self.bottom)
            case Side.BOTTOM:
                return Box(self.left, self.bottom, self.right, self.bottom + deep)
            case _:  # the left one
                return Box(self.left - deep, self.top, self.left, self.bottom)


def millimetres(metres: Decimal) -> int:
    """Whole millimetres. Raises ValueError for parts of one, which no hall is built to."""
    length = metres.scaleb(3)
    if not length.is_finite() or length != length.to_integral_value():
        raise ValueError("lengths go down to a millimetre")
    return int(length)


def close_by(boxes: Sequence[Box], *, reach: int) -> list[list[int]]:
    """For each box the positions of the others that are less than `reach` (mm) away along both axes.

    A line sweeps the hall from left to right and looks only at what it still touches, so that a hall of 500 booths
    takes some ten thousand comparisons, not a quarter of a million.
    """
    found: list[list[int]] = [[] for _ in boxes]
    swept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda index: boxes[index].left):
        box = boxes[i]
        swept = [j for j in swept if boxes[j].right + reach > box.left]
        for j in swept:
            if -box.common_y(boxes[j]) < reach:
                found[i].append(j)
                found[j].append(i)
        swept.append(i)
    return found


def blocks(boxes: Sequence[Box], close: Sequence[Sequence[int]]) -> list[int]:
    """For each box the lowest position in its block: all that hang together by walls, or overlap.

    `close` comes from `close_by`, with any reach.
    """
    block = [-1] * len(boxes)
    for start in range(len(boxes)):
        waiting = [start] if block[start] < 0 else []
        while waiting:
            i = waiting.pop()
            block[i] = start
            waiting += [j for j in close[i] if block[j] < 0 and _hang_together(boxes[i], boxes[j])]
    return block


def _hang_together(one: Box, other: Box) -> bool:
    return one.wall_with(other) > 0 or one.meets(other)
