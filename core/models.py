"""What rows have in common: ids made by the database, and versions for If-Match."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core.errors import Stale


class UUIDv7(models.Func):
    """PostgreSQL 18's uuidv7(): unguessable enough to show, and sorted by time (RFC 9562, 5.7)."""

    function = "uuidv7"
    template = "%(function)s()"
    output_field = models.UUIDField()


class UUIDModel(models.Model):
    """A row whose id the database makes, so that export and import can keep it."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A row that people edit. `version` rises with every edit and is the strong ETag of the row."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    # The versions of which If-Match says one; looked at under the lock, then forgotten.
    _expected: frozenset[int] | None = None

    def expect(self, versions: frozenset[int]) -> None:
        """Raise Stale unless the row has one of these versions, now and at its next lock."""
        self._expected = versions
        if self.version not in versions:
            raise Stale(
                _("Somebody changed this meanwhile. Read it again, then repeat your change."), version=self.version
            )

    def meet_expectation(self) -> None:
        """Raise Stale if the row, read anew under its lock, is no longer what was expected."""
        if (versions := self._expected) is not None:
            self.expect(versions)
            self._expected = None
