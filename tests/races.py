"""Rivals: threads with database connections of their own that act at the same instant, round by round."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Outcome = TypeVar("Outcome")
LONGEST_ROUND = 60  # seconds; a deadlock of our own making must not hang the suite


def race(rounds: Sequence[Sequence[Callable[[], Outcome]]]) -> list[list[Outcome]]:
    """Run the acts of each round at once, one thread an act; what came of them, round by round.

    Every round has as many acts. Commits are real, so the test needs `django_db(transaction=True)`.
    """
    start = Barrier(len(rounds[0]))

    def rival(place: int) -> list[Outcome]:
        try:
            outcomes = []
            for acts in rounds:
                start.wait(LONGEST_ROUND)
                outcomes.append(acts[place]())
            return outcomes
        except BaseException:
            start.abort()  # else the others would wait for us
            raise
        finally:
            connection.close()  # an open one keeps the test database from being dropped

    with ThreadPoolExecutor(len(rounds[0])) as pool:
        by_rival = list(pool.map(rival, range(len(rounds[0]))))
    return [list(outcomes) for outcomes in zip(*by_rival, strict=True)]
