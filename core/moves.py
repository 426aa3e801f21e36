"""Tables of moves: which state may become which. Nothing else knows them."""

from collections.abc import Mapping, Set

from core.errors import InvalidTransition


class Moves:
    """The moves of one kind of object, from a table {state: the states that may follow}."""

    def __init__(self, table: Mapping[str, Set[str]]) -> None:
        self._table = {str(before): frozenset(map(str, after)) for before, after in table.items()}
        states = [*table, *(state for after in table.values() for state in after)]
        # Choices know how people call them; a plain text is its own name.
        self._names = {str(state): getattr(state, "label", state) for state in states}

    def allowed_from(self, before: str) -> list[str]:
        """The states that may follow `before`, sorted."""
        return sorted(self._table.get(before, frozenset()))

    def allows(self, before: str, after: str) -> bool:
        """Whether `before` may become `after`."""
        return after in self._table.get(before, frozenset())

    def check(self, thing: str, before: str, after: str) -> None:
        """Raise InvalidTransition, naming the moves that are allowed, unless this one is."""
        if not self.allows(before, after):
            raise self.refusal(thing, before, after)

    def refusal(self, thing: str, before: str, after: str) -> InvalidTransition:
        """What is said to who wants `before` to become `after` where it may not: then it is not among the allowed."""
        allowed = [state for state in self.allowed_from(before) if state != after]
        names = [str(self._names.get(state, state)) for state in (before, after)]
        return InvalidTransition(thing, before, after, allowed, names=names)
