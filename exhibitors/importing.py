"""Importing companies from files."""

from collections.abc import Sequence

from django.db import transaction

from accounts import importing, journal
from accounts.models import User
from core.database import fresh_ids
from core.importing import Accepted, Outcome, Progress, Take, no_progress, take_file
from core.slugs import fresh_slugs
from exhibitors.company_rows import CompanyImporter
from exhibitors.models import Company
from fairs.importing import gazetteer
from fairs.models import Category


def import_companies(
    data: bytes, *, name: str, by: User | None, take: Take, progress: Progress = no_progress
) -> Outcome:
    """Add companies, without members: who is asked for by its UBN is invited later. Raises ImportRunning.

    A fixed number of queries, but one more for each thousand rows.
    """
    with transaction.atomic():
        importing.wait_for_nobody()
        here = Company.objects.values_list("ubn", "name_zh", "town_id")
        importer = CompanyImporter(
            gazetteer=gazetteer(),
            categories=list(Category.objects.values_list("code", "name_zh", "name_en")),
            ubns={ubn for ubn, _, _ in here if ubn},
            names={(company, town) for _, company, town in here},
        )
        return take_file(
            importer, data, name=name, take=take, store=lambda rows: _store(rows, by=by), progress=progress
        )


def _store(rows: Sequence[Accepted], *, by: User | None) -> None:
    slugs = fresh_slugs(
        (str(row.values.get("name_en", "")) for row in rows),
        taken=set(Company.objects.values_list("slug", flat=True)),
        otherwise="company",
    )
    companies = [
        Company(id=id_, slug=slug, **_fields(row))
        for id_, slug, row in zip(fresh_ids(len(rows)), slugs, rows, strict=True)
    ]
    Company.objects.bulk_create(companies, batch_size=1_000)
    journal.record_many([journal.Line(kind="company.created", about=company, by=by) for company in companies])


def _fields(row: Accepted) -> dict[str, object]:
    values = dict(row.values)
    values["town_id"], values["category_id"] = values.pop("town_code"), values.pop("category")
    values["ubn"] = values["ubn"] or None
    return values
