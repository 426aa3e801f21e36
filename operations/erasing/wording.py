"""What a person is called, and how that is taken out of a text. Knows no database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from core.text import clean

# What stands where a name or an address stood: Taiwan's own way of leaving a name out.
MASK = "○○○"
# Chinese, Japanese and Korean write names without spaces around them.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")
_LATIN = "A-Za-z0-9\u00c0-\u024f"


class Words:
    """The addresses and names of one person, and longer names of others that happen to hold them (`kept`).

    >>> lin = Words(addresses=["lin@example.com"], names=["林美華"], kept=["林美華茶行"])
    >>> lin.taken_out("林美華（lin@example.com，不是 x.lin@example.com）在林美華茶行")
    '○○○（○○○，不是 x.lin@example.com）在林美華茶行'
    """

    def __init__(self, *, addresses: Iterable[str] = (), names: Iterable[str] = (), kept: Iterable[str] = ()) -> None:
        self.addresses = _distinct(addresses)
        self.names = [name for name in _distinct(names) if len(name) > 1]
        self.kept = [phrase for phrase in _distinct(kept) if phrase not in self.names]

    def __bool__(self) -> bool:
        return bool(self.addresses or self.names)

    def stand_in(self, value: object) -> bool:
        """Whether an address or a name stands in a text, or in any text of a list or JSON value."""
        return bool(self.taken_out(value) != value)

    def taken_out(self, value: Any) -> Any:
        """A text, list or JSON value with the mask in the place of each address and name; anything else as it is."""
        if isinstance(value, str):
            return self._pattern.sub(lambda found: found["kept"] or MASK, value) if self else value
        if isinstance(value, list | tuple):
            return [self.taken_out(each) for each in value]
        if isinstance(value, dict):
            return {self.taken_out(name): self.taken_out(each) for name, each in value.items()}
        return value

    def is_all_of(self, value: str) -> bool:
        """Whether a text is nothing but an address or a name."""
        return value.strip().casefold() in {word.casefold() for word in [*self.addresses, *self.names]}

    @cached_property
    def candidates(self) -> str:
        """A regular expression for PostgreSQL that finds at least all that `stand_in` finds, whatever the case.

        JSON and arrays are searched as text, where quotes and backslashes are escaped.
        """
        words = [*self.addresses, *self.names]
        escaped = [json.dumps(word, ensure_ascii=False)[1:-1] for word in words]
        return "|".join(_spaced(word) for word in _distinct([*words, *escaped]))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.kept, key=len, reverse=True)
        kept = "|".join(map(_spaced, longest_first)) or r"(?!)"
        words = [*map(_address, self.addresses), *map(_name, sorted(self.names, key=len, reverse=True))]
        return re.compile(f"(?P<kept>{kept})|{'|'.join(words)}", re.IGNORECASE)


def is_telling(name: str) -> bool:
    """Whether a name says who is meant wherever it stands: three characters and more, or more than one word.

    Two characters stand inside other words by chance (林美 in 森林美術館), and so do single names (Mei).
    """
    return len(name) > 2 if _UNSPACED.search(name) else " " in name


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(clean, words))))


def _address(address: str) -> str:
    return rf"(?<![A-Za-z0-9._%+-]){re.escape(address)}(?![A-Za-z0-9-]|\.[A-Za-z0-9])"


def _name(name: str) -> str:
    if _UNSPACED.search(name):
        return _spaced(name)
    return rf"(?<![{_LATIN}]){_spaced(name)}(?![{_LATIN}])"


def _spaced(word: str) -> str:
    return r"\s+".join(map(re.escape, word.split()))
