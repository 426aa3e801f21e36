"""What follows each kind of change: declared beside each reaction, and written down where nothing does.

A registry that answered an unknown kind with "nothing" would let an old worker lose a new notice. So unknown kinds
raise, and that nothing follows is said in so many words.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from accounts.models import Change
from worker.models import Channel

React = Callable[[Change], None]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a worker does about a change. The name is kept in rows, so it outlives a move of the function."""

    name: str
    channel: Channel
    run: React


class UnknownKind(LookupError):
    """A kind of change, or a reaction, that this worker does not know: a newer one will."""


class Registry:
    """Kinds of change and the reactions to each, in the order of their channels, then of their declaration."""

    def __init__(self) -> None:
        self._reactions: dict[str, list[Reaction]] = {}
        self._by_name: dict[str, Reaction] = {}

    def reacts_to(self, *kinds: str, channel: str) -> Callable[[React], React]:
        """Declare a function as the reaction to these kinds. Its name must be the only one of its kind."""

        def declare(function: React) -> React:
            reaction = Reaction(function.__name__, Channel(channel), function)
            for kind in kinds:
                if self._reactions.get(kind) == []:
                    raise ValueError(f"{kind}: something follows, though it was declared that nothing does")
            if self._by_name.setdefault(reaction.name, reaction).run is not function:
                raise ValueError(f"two reactions are called {reaction.name}")
            for kind in kinds:
                self._reactions.setdefault(kind, []).append(reaction)
            return function

        return declare

    def nothing_follows(self, *kinds: str) -> None:
        """Declare that these kinds are known, and that nothing is done about them."""
        for kind in kinds:
            if self._reactions.setdefault(kind, []):
                raise ValueError(f"{kind}: a reaction is declared, so something follows")

    def kinds(self) -> Collection[str]:
        """Every kind that this worker knows."""
        return self._reactions.keys()

    def names(self) -> Collection[str]:
        """Every reaction that this worker knows."""
        return self._by_name.keys()

    def to(self, kind: str) -> list[Reaction]:
        """The reactions to a kind, calendars first. Raises UnknownKind."""
        try:
            found = self._reactions[kind]
        except KeyError as error:
            raise UnknownKind(kind) from error
        order = list(Channel)
        return sorted(found, key=lambda reaction: order.index(reaction.channel))

    def named(self, name: str) -> Reaction:
        """The reaction of this name. Raises UnknownKind."""
        try:
            return self._by_name[name]
        except KeyError as error:
            raise UnknownKind(name) from error


REGISTRY = Registry()
reacts_to = REGISTRY.reacts_to
nothing_follows = REGISTRY.nothing_follows
