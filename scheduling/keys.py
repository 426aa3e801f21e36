"""The keys by which entries say to which feeds they belong, and feeds what they hold.

Each base feed is one key; a combination of filters asks for entries with one key of each of several groups.
"""

from uuid import UUID

FAIRS = "fairs"  # the days of every fair
NEWS = "news"  # no entries: what was announced and published, as Atom


def fair(fair_id: UUID) -> str:
    """A fair's days and its programme."""
    return f"fair:{fair_id}"


def stage(stage_id: UUID) -> str:
    """The sessions on one stage."""
    return f"stage:{stage_id}"


def category(code: str, *, fair_id: UUID | None = None) -> str:
    """The fairs for one category; with a fair, its sessions on that category."""
    return f"category:{fair_id}:{code}" if fair_id else f"category:{code}"


def town(code: str) -> str:
    """The fairs in a town, and the sessions with makers from there."""
    return f"town:{code}"


def county(code: str) -> str:
    """The same for a county."""
    return f"county:{code}"


def company(company_id: UUID) -> str:
    """What everybody may know of a company: its booths at fairs and its sessions."""
    return f"company:{company_id}"


def own(company_id: UUID) -> str:
    """What a company's members see beside that: its deadlines."""
    return f"own:{company_id}"


def user(user_id: UUID) -> str:
    """What a person presents."""
    return f"user:{user_id}"
