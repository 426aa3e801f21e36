"""What may be refused: errors that say what is the case and what to do, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class DomainError(Exception):
    """Something that the domain refuses. `code` is for programs, the text for people, `data` for both.

    `status` is the HTTP status with which pages and API answer.
    """

    code = "refused"
    status = 409

    def __init__(self, message: str | Promise = "", **data: object) -> None:
        self.message = str(message)
        self.data = data
        super().__init__(self.message)


class InvalidTransition(DomainError):
    """A move of state that the table of moves does not list. `allowed` names those that it does.

    `names`: how people call the states before and after.
    """

    code = "invalid-transition"

    def __init__(
        self, thing: str, before: str, after: str, allowed: Sequence[str], *, names: Sequence[str] = ()
    ) -> None:
        said_before, said_after = names or (before, after)
        super().__init__(
            _("%(thing)s is “%(before)s” and can't become “%(after)s”.")
            % {"thing": thing, "before": said_before, "after": said_after},
            before=before,
            after=after,
            allowed=list(allowed),
        )


class NotAllowed(DomainError):
    """The person may see the thing but not do this with it."""

    code = "not-allowed"
    status = 403


class Stale(DomainError):
    """Somebody else changed the thing since it was read (RFC 9110, 13.1.1)."""

    code = "stale"
    status = 412


class Gone(DomainError):
    """The thing was removed between being found and being locked."""

    code = "gone"
    status = 404


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing or wrong: the field's name and a sentence for people."""

    field: str
    message: str


class Unfit(DomainError):
    """Input that does not hold, with everything that is wrong at once."""

    code = "unfit"
    status = 422

    def __init__(self, gaps: Sequence[Gap], message: str | Promise = "") -> None:
        self.gaps = list(gaps)
        super().__init__(
            message or " ".join(gap.message for gap in self.gaps),
            gaps=[{"field": gap.field, "message": gap.message} for gap in self.gaps],
        )


def gaps_of(error: ValidationError) -> list[Gap]:
    """Each thing that a model or form found wrong. An error of a constraint bears its field's name as code."""
    if not hasattr(error, "error_dict"):
        return [Gap("", message) for message in error.messages]
    gaps: list[Gap] = []
    for field, errors in error.error_dict.items():
        for one in errors:
            whole = field == NON_FIELD_ERRORS
            gaps.extend(Gap((one.code or "") if whole else field, message) for message in one.messages)
    return gaps
