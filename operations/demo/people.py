"""Organizers, people, companies and what they make."""

from datetime import date
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from accounts.models import Membership, Organizer, User
from core.slugs import fresh_slugs
from core.telephone import telephone
from exhibitors.models import Company, CompanyMember, ConflictOfInterest, Product
from operations.demo.world import Row, World, add, listed
from operations.demo_accounts import ACCOUNTS, PASSWORD

_STAFF_ROLES = {"coordinator", "staff", "expert"}


def load_organizers(world: World) -> None:
    """The bodies that run fairs."""
    all_rows = world.rows("organizers")
    here = {organizer.slug: organizer for organizer in Organizer.objects.filter(slug__in=[r["slug"] for r in all_rows])}
    new = add(
        [
            Organizer(
                slug=row["slug"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                email=row["email"],
                county_code=row["county_code"],
            )
            for row in all_rows
            if row["slug"] not in here
        ]
    )
    here |= {organizer.slug: organizer for organizer in new}
    world.organizers = {row["organizer_id"]: here[row["slug"]] for row in all_rows}


def load_people(world: World) -> None:
    """Everyone with an account. Only those of the README can sign in, and only where the world is for trying out."""
    all_rows = world.rows("people")
    here = {user.email: user for user in User.objects.filter(email__in=[row["email"] for row in all_rows])}
    with_password = {account.email for account in ACCOUNTS} if settings.DEMO else set()
    passwords = {True: make_password(PASSWORD), False: make_password(None)}
    new = add(
        [_user(row, password=passwords[row["email"] in with_password]) for row in all_rows if row["email"] not in here]
    )
    here |= {user.email: user for user in new}
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in new], ignore_conflicts=True
    )
    world.people = {row["person_id"]: here[row["email"]] for row in all_rows}
    _load_memberships(world, [row for row in all_rows if row["role"] in _STAFF_ROLES])


def load_companies(world: World) -> None:
    """Companies with their members; the first of each owns it."""
    all_rows = world.rows("companies")
    here = {company.slug: company for company in Company.objects.filter(slug__in=[row["slug"] for row in all_rows])}
    new = add([_company(row) for row in all_rows if row["slug"] not in here])
    here |= {company.slug: company for company in new}
    world.companies = {row["company_id"]: here[row["slug"]] for row in all_rows}
    fresh = {company.pk for company in new}
    members = [row for row in world.rows("people") if row["company_id"]]
    for row in members:
        world.owners.setdefault(row["company_id"], world.people[row["person_id"]])
    CompanyMember.objects.bulk_create(
        [
            CompanyMember(company=company, user=user, role=_role(world, row["company_id"], user))
            for row in members
            if (company := world.companies[row["company_id"]]).pk in fresh
            for user in [world.people[row["person_id"]]]
        ]
    )
    began = world.days.past("-520", "09:00")
    for company_id, company in world.companies.items():
        if company.pk in fresh:
            world.tell("company.created", company, at=began, by=world.owners[company_id])


def load_conflicts(world: World) -> None:
    """Which companies an expert advised, and so may not judge."""
    ConflictOfInterest.objects.bulk_create(
        [
            ConflictOfInterest(expert=world.people[row["person_id"]], company=world.companies[company])
            for row in world.rows("people")
            for company in listed(row["advised_companies"])
        ],
        ignore_conflicts=True,
    )


def load_products(world: World) -> None:
    """What the companies make. A short name is the product's, told apart by a number where two share it."""
    all_rows = world.rows("products")
    slugs = dict(zip((r["product_id"] for r in all_rows), _product_slugs(all_rows), strict=True))
    here = dict(Product.objects.filter(slug__in=slugs.values()).values_list("slug", "pk"))
    new = add(
        [_product(world, row, slugs[row["product_id"]]) for row in all_rows if slugs[row["product_id"]] not in here]
    )
    by_slug: dict[str, UUID] = {**here, **{product.slug: product.pk for product in new}}
    world.products = {product_id: by_slug[slug] for product_id, slug in slugs.items()}


def _user(row: Row, *, password: str) -> User:
    is_administrator = row["role"] == "administrator"
    return User(
        email=row["email"],
        password=password,
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        language=row["language"],
        phone=row["phone"],
        country=row["country"],
        house_zh=row["house_zh"],
        house_en=row["house_en"],
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        is_staff=is_administrator,
        is_superuser=is_administrator,
    )


def _load_memberships(world: World, workers: list[dict[str, str]]) -> None:
    Membership.objects.bulk_create(
        [
            Membership(
                user=world.people[row["person_id"]],
                organizer=world.organizers[row["organizer_id"]],
                role=row["role"],
                discipline=row["discipline"],
            )
            for row in workers
        ],
        ignore_conflicts=True,
    )
    for row in workers:
        if row["role"] == "coordinator":
            world.coordinators.setdefault(row["organizer_id"], world.people[row["person_id"]])


def _role(world: World, company_id: str, user: User) -> str:
    return CompanyMember.Role.OWNER if world.owners[company_id] == user else CompanyMember.Role.MEMBER


def _company(row: Row) -> Company:
    phone, extension = telephone(row["phone"])
    return Company(
        slug=row["slug"],
        ubn=row["ubn"] or None,
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        town_id=row["town_code"],
        category_id=row["category"],
        product_class=row["product_class"],
        founded_on=date(int(row["founded"]), 1, 1),
        employees=int(row["employees"]),
        capabilities=listed(row["capabilities"]),
        address_zh=row["address_zh"],
        postal_code=row["postal_code"],
        phone=phone,
        phone_ext=extension,
        email=row["email"],
        website=row["website"],
        story_zh=row["story_zh"],
        story_en=row["story_en"],
    )


def _product_slugs(all_rows: list[dict[str, str]]) -> list[str]:
    return fresh_slugs((slugify(row["name_en"]) for row in all_rows), taken=(), otherwise="product")


def _product(world: World, row: Row, slug: str) -> Product:
    return Product(
        company=world.companies[row["company_id"]],
        slug=slug,
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        category_id=row["category"],
        town_id=row["town_code"],
        price=int(row["price_twd"]),
        description_zh=row["description_zh"],
        description_en=row["description_en"],
    )
