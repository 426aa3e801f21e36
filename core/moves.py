"""Tables of moves: which state may become which. Nothing else knows them."""

from collections.abc import Mapping, Set

from core.errors import InvalidTransition


class Moves:
    """The moves of one kind of object, from a table {state: the states that may follow}."""

    def __init__(self, table: Mapping[str, Set[str]]) -> None:
        self._table = {str(before): frozenset(map(str, after)) for before, after in table.items()}

    def allowed_from(self, before: str) -> list[str]:
        """The states that may follow `before`, sorted."""
        return sorted(self._table.get(before, frozenset()))

    def allows(self, before: str, after: str) -> bool:
        """Whether `before` may become `after`."""
        return after in self._table.get(before, frozenset())

    def check(self, thing: str, before: str, after: str) -> None:
        """Raise InvalidTransition, naming the moves that are allowed, unless this one is."""
        if not self.allows(before, after):
            raise InvalidTransition(thing, before, after, self.allowed_from(before))
