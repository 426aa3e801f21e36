"""Importing from files: companies, and applications that were gathered outside."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from accounts import importing, journal
from accounts.models import User
from core import database
from core.importing import Accepted, Outcome, Progress, Take, no_progress, take_file
from core.slugs import fresh_slugs
from exhibitors import applying
from exhibitors.application_rows import ApplicationImporter, Asked, Fairground
from exhibitors.company_rows import CompanyImporter
from exhibitors.models import Application, Company, CompanyMember
from fairs.importing import gazetteer
from fairs.models import Category, Fair, Question


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
            importer, data, name=name, take=take, store=lambda rows: _store_companies(rows, by=by), progress=progress
        )


def import_applications(
    data: bytes, *, name: str, by: User | None, take: Take, progress: Progress = no_progress
) -> Outcome:
    """Hand in applications of companies that are here, to the fairs that `by` coordinates.

    In nobody's name: to those that everybody may see. A row becomes an application as if its company had filled it in,
    with the company's owner as contact. Raises ImportRunning, and what `applying` raises if a call closes meanwhile.
    """
    with transaction.atomic():
        importing.wait_for_nobody()
        known = Fair.objects.planned_by(by) if by else Fair.objects.public()
        fairs = list(known.select_related("call").prefetch_related("call__questions"))
        calls = {fair.slug: fair.call for fair in fairs if hasattr(fair, "call")}
        applied = Application.objects.filter(call__in=[call.pk for call in calls.values()])
        importer = ApplicationImporter(
            fairs=[_fairground(fair) for fair in fairs],
            companies={ubn: str(pk) for ubn, pk in Company.objects.values_list("ubn", "pk") if ubn},
            applied={(slug, str(pk)) for slug, pk in applied.values_list("call__fair__slug", "company")},
            now=database.now(),
        )

        def store(rows: Sequence[Accepted]) -> None:
            companies = Company.objects.in_bulk([row.values["company_id"] for row in rows])
            companies = {str(pk): company for pk, company in companies.items()}
            owners = CompanyMember.objects.filter(company__in=companies, role=CompanyMember.Role.OWNER)
            contacts = {str(owner.company_id): owner.user for owner in owners.select_related("user").order_by("-pk")}
            for row in rows:
                company = companies[str(row.values["company_id"])]
                application = applying.start(calls[str(row.values["fair"])], company, by=by)
                values = _application_values(row, company, contacts.get(str(company.pk)))
                answers = row.values["answers"]
                assert isinstance(answers, Mapping)
                applying.save(application, values=values, answers=answers, by=by)
                applying.submit(application, by=by)

        return take_file(importer, data, name=name, take=take, store=store, progress=progress)


def _fairground(fair: Fair) -> Fairground:
    if not hasattr(fair, "call"):
        return Fairground(slug=fair.slug, names=(fair.name_zh, fair.name_en), state=fair.state)
    return Fairground(
        slug=fair.slug,
        names=(fair.name_zh, fair.name_en),
        state=fair.state,
        opens_at=fair.call.opens_at,
        closes_at=fair.call.closes_at,
        max_booths=fair.call.max_booths,
        questions=[_asked(question) for question in fair.call.questions.all()],
    )


def _asked(question: Question) -> Asked:
    return Asked(
        key=question.key,
        kind=question.kind,
        is_required=question.is_required,
        labels=(question.label_zh, question.label_en),
        max_length=question.max_length,
        minimum=question.minimum,
        maximum=question.maximum,
        choices={choice["value"]: (choice.get("zh", ""), choice.get("en", "")) for choice in question.choices},
    )


def _application_values(row: Accepted, company: Company, contact: User | None) -> dict[str, object]:
    """What an application keeps of its row; what the file has no column for stays as a new one has it."""
    values: dict[str, object] = {
        "booths_wanted": row.values["booths_wanted"],
        "contact_name": str(contact) if contact else company.name_zh,
        "contact_phone": (contact.phone if contact else "") or company.phone,
        "contact_email": contact.email if contact else company.email,
    }
    for column, field in (("water", "needs_water"), ("flame", "needs_flame"), ("fee_limit_twd", "fee_limit")):
        if column in row.values:
            values[field] = row.values[column]
    if "power_kw" in row.values:
        kilowatts = row.values["power_kw"]
        assert isinstance(kilowatts, Decimal)
        values["power"] = round(kilowatts * 1_000)
    return values


def _store_companies(rows: Sequence[Accepted], *, by: User | None) -> None:
    slugs = fresh_slugs(
        (str(row.values.get("name_en", "")) for row in rows),
        taken=set(Company.objects.values_list("slug", flat=True)),
        otherwise="company",
    )
    companies = [
        Company(id=id_, slug=slug, **_fields(row))
        for id_, slug, row in zip(database.fresh_ids(len(rows)), slugs, rows, strict=True)
    ]
    Company.objects.bulk_create(companies, batch_size=1_000)
    journal.record_many([journal.Line(kind="company.created", about=company, by=by) for company in companies])


def _fields(row: Accepted) -> dict[str, object]:
    values = dict(row.values)
    values["town_id"], values["category_id"] = values.pop("town_code"), values.pop("category")
    values["ubn"] = values["ubn"] or None
    return values
