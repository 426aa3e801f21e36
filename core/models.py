"""What rows have in common: ids made by the database, and versions for If-Match."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

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

    def check_version(self, expected: int | None) -> None:
        """Raise Stale unless `expected` is the row's version; None is not checked."""
        if expected is not None and expected != self.version:
            raise Stale(version=self.version)
