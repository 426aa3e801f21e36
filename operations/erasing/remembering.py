"""Who was erased, by id and day, in a file beside the database: a restored back-up brings people back, this does not.

A line a person, `{"about": "accounts.user", "id": "…", "on": "2027-01-31"}`. A guest without an account is known by the
id of an invitation, mail or application that bore the address.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models

from accounts.models import ERASED_DOMAIN, Change, User

# By model, the column with the address: where it still holds one, the row came back with a back-up.
ADDRESSED: Mapping[str, str] = {
    "accounts.user": "email",
    "scheduling.invitation": "email",
    "worker.message": "recipient",
    "exhibitors.application": "contact_email",
    "accounts.membershipinvite": "email",
    "exhibitors.companyinvite": "email",
    "worker.suppression": "email",
}


@dataclass(frozen=True, slots=True)
class Erasure:
    """One line: a row that an erased person was known by, and the day."""

    about: str
    id: str
    on: str

    @property
    def key(self) -> tuple[str, str]:
        """What the row is known by."""
        return self.about, self.id


def place() -> Path:
    """Where the list is kept. It belongs to what is backed up apart from the database."""
    return settings.DATA_DIR / "erasures.jsonl"


def recorded() -> list[Erasure]:
    """The list, oldest first. A line that was cut short by a power cut is passed over."""
    try:
        lines = place().read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    return list(_read(lines))


def catch_up() -> int:
    """Add those that the journal knows and the list does not; how many. A process may die between the two."""
    known = {erasure.key for erasure in recorded()}
    changes = Change.objects.filter(kind="user.erased").order_by("id")
    told = [Erasure(change.about_label, str(change.about_id), change.at.date().isoformat()) for change in changes]
    missing = [erasure for erasure in told if erasure.key not in known]
    if missing:
        path = place()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            if not _ends_whole(path):
                file.write("\n")
            file.writelines(
                json.dumps({"about": one.about, "id": one.id, "on": one.on}) + "\n" for one in dict.fromkeys(missing)
            )
            file.flush()
            os.fsync(file.fileno())
    return len(missing)


def came_back() -> list[str]:
    """The addresses of people who were erased and are here again, since an older back-up was restored."""
    by_model: dict[str, set[str]] = {}
    for erasure in recorded():
        by_model.setdefault(erasure.about, set()).add(erasure.id)
    found: list[str] = []
    for about, column in ADDRESSED.items():
        if ids := by_model.get(about):
            model: type[models.Model] = User if about == "accounts.user" else apps.get_model(about)
            rows = model._base_manager.filter(pk__in=ids).exclude(**{f"{column}__endswith": ERASED_DOMAIN})
            found += rows.exclude(**{column: ""}).values_list(column, flat=True)
    return sorted(set(found))


def _ends_whole(path: Path) -> bool:
    return path.read_bytes()[-1:] in (b"", b"\n")


def _read(lines: list[str]) -> Iterator[Erasure]:
    for line in lines:
        try:
            read = json.loads(line)
            yield Erasure(str(read["about"]), str(read["id"]), str(read["on"]))
        except (ValueError, KeyError, TypeError):
            continue
