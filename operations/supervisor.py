"""Keeps children running: starts them in order, starts the dead again, ends all in reverse order."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from operations.embedded.process import Child, ServerFailed

DEATHS = 5  # so many deaths of one child
WITHIN = 30.0  # within so many seconds end the run
FIRST_PAUSE = 0.2  # seconds before a dead child is started again; doubled with each further death
LOOK_EVERY = 0.1  # seconds


@dataclass(eq=False)
class Watched:
    """A child and when it died lately. Children of one stage do not need each other and end together."""

    child: Child
    stage: int
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))
    start_at: float | None = None  # monotonic; None while it runs


class Supervisor:
    """The children of one run. `say` gets a line for people about each death."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._watched: list[Watched] = []

    def start(self, *children: Child) -> None:
        """Start children that do not need each other, as one stage, and do not wait until they are ready.

        `stop` ends them even if they never come up.
        """
        stage = 1 + max((watched.stage for watched in self._watched), default=0)
        for child in children:
            self._watched.append(Watched(child, stage))
            child.start()

    def watch(self) -> None:
        """Start again what dies, for ever. Raises ServerFailed if one child dies again and again."""
        while True:
            self.look(time.monotonic())
            time.sleep(LOOK_EVERY)

    def look(self, now: float) -> None:
        """Take note of the dead, and start again those whose pause is over."""
        for watched in self._watched:
            if watched.start_at is not None:
                if now >= watched.start_at:
                    watched.start_at = None
                    watched.child.start()
            elif (code := watched.child.exit_code()) is not None:
                self._note_death(watched, code, now)

    def _note_death(self, watched: Watched, code: int, now: float) -> None:
        name = watched.child.name
        # What it left behind may still hold its port, and would go on answering beside the new one.
        watched.child.kill_group()
        watched.deaths.append(now)
        if len(watched.deaths) == DEATHS and now - watched.deaths[0] <= WITHIN:
            raise ServerFailed(
                f"{name} died {DEATHS} times within {WITHIN:.0f} s, so this run ends.{watched.child.last_words()}"
            )
        recent = sum(1 for death in watched.deaths if now - death <= WITHIN)
        pause = FIRST_PAUSE * 2 ** (recent - 1)
        watched.start_at = now + pause
        how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
        self._say(f"{name} {how}; it starts again in {pause:.1f} s")

    def stop(self) -> None:
        """End all children, stage by stage, the last started first."""
        while self._watched:
            last = self._watched[-1]
            for watched in self._watched:
                if watched.stage == last.stage:
                    watched.child.ask_to_end()
            last.child.stop()
            self._watched.pop()
