"""Showing: what a company says of itself and of its products."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core.database import constraint_of
from core.errors import Gap, Unfit, gaps_of
from core.locking import lock
from core.slugs import new_slug
from exhibitors.models import Company, Product

# A UBN is what a company is known by: it is given at sign-up, and changed by an administrator alone.
COMPANY_FIELDS = frozenset(
    {
        "name_zh",
        "name_en",
        "town",
        "category",
        "product_class",
        "founded_on",
        "employees",
        "capabilities",
        "address_zh",
        "postal_code",
        "phone",
        "phone_ext",
        "email",
        "website",
        "story_zh",
        "story_en",
    }
)
PRODUCT_FIELDS = frozenset({"name_zh", "name_en", "category", "town", "price", "description_zh", "description_en"})


@transaction.atomic
def edit_company(company: Company, values: Mapping[str, object], *, by: User) -> None:
    """Change what a company says of itself. Raises Unfit with everything that is wrong, Stale."""
    lock(company)
    changed = _apply(company, values, allowed=COMPANY_FIELDS)
    if not changed:
        return
    try:
        with transaction.atomic():
            company.save(update_fields=[*changed, "version"])
    except IntegrityError as error:
        if constraint_of(error) != "company_without_ubn_is_known_by_name_and_town":
            raise
        raise Unfit([Gap("name_zh", _("A company of this name is here already in this town."))]) from error
    journal.record("company.edited", company, by=by, facts={"fields": changed})


@transaction.atomic
def add_product(company: Company, values: Mapping[str, object], *, by: User) -> Product:
    """Show a new product. Without a town it is of the company's. Raises Unfit with everything that is wrong."""
    product = Product(company=company, town=company.town)
    _apply(product, values, allowed=PRODUCT_FIELDS, is_new=True)
    product.slug = new_slug(Product, product.name_en, otherwise="product")
    product.version = 1
    product.save(force_insert=True)
    journal.record("product.added", product, by=by)
    return product


@transaction.atomic
def edit_product(product: Product, values: Mapping[str, object], *, by: User) -> None:
    """Change a product. Raises Unfit with everything that is wrong, Stale."""
    lock(product)
    changed = _apply(product, values, allowed=PRODUCT_FIELDS)
    if changed:
        product.save(update_fields=[*changed, "version"])
        journal.record("product.edited", product, by=by, facts={"fields": changed})


@transaction.atomic
def retire_product(product: Product, *, by: User) -> None:
    """Show a product no more; applications that name it keep it. Twice is once."""
    lock(product)
    if product.is_retired:
        return
    product.is_retired = True
    product.version += 1
    product.save(update_fields=["is_retired", "version"])
    journal.record("product.retired", product, by=by)


def _apply(
    thing: Company | Product, values: Mapping[str, object], *, allowed: frozenset[str], is_new: bool = False
) -> list[str]:
    """Set the values that differ and raise the version; the names of the fields that changed, sorted."""
    gaps = [Gap(name, _("This can't be changed here.")) for name in sorted(values.keys() - allowed)]
    changed = sorted(name for name in values.keys() & allowed if is_new or getattr(thing, name) != values[name])
    for name in changed:
        setattr(thing, name, values[name])
    try:
        thing.full_clean(exclude=_untouched(thing, changed, is_new=is_new), validate_unique=False)
    except ValidationError as error:
        gaps += gaps_of(error)
    if gaps:
        raise Unfit(gaps)
    if changed:
        thing.version += 1
    return changed


def _untouched(thing: Model, changed: list[str], *, is_new: bool) -> set[str]:
    """The fields that are not looked at: what was stored under an older rule does not stop a change beside it."""
    every = {field.name for field in thing._meta.concrete_fields}
    return {"slug"} if is_new else every - set(changed)
