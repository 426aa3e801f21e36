"""Which booths an application holds, as pages say it."""

from exhibitors.models import Application, Placement


def numbers_of(application: Application) -> str:
    """A01, A02: the held booths of an application whose placements were prefetched `for_table`; no query."""
    held = [p.booth.number for p in application.placements.all() if p.state == Placement.State.HELD]
    return ", ".join(sorted(held))
