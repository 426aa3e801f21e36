"""What speaks against erasing a person now: whoever would be left without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import Membership, Organizer
from core.errors import DomainError
from exhibitors.models import Company, CompanyMember
from operations.erasing.finding import Person


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A company or organizer that needs the person. `can_be_left`: it may be left without, if somebody says so."""

    about: UUID
    sentence: str
    can_be_left: bool = True


class StillNeeded(DomainError):
    """Somebody would be left without an owner, a coordinator or an address."""

    code = "still-needed"

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        self.obstacles = obstacles
        super().__init__(" ".join(each.sentence for each in obstacles), about=[str(each.about) for each in obstacles])


def find_obstacles(person: Person) -> list[Obstacle]:
    """All of them at once."""
    return [*_companies(person), *_organizers(person), *_addresses(person)]


def _companies(person: Person) -> Iterator[Obstacle]:
    owners = CompanyMember.objects.filter(company=OuterRef("pk"), role=CompanyMember.Role.OWNER)
    mine, others = owners.filter(user=person.user), owners.exclude(user=person.user)
    for company in Company.objects.filter(Exists(mine), ~Exists(others)) if person.user else ():
        sentence = _("%s would be left without an owner. Let somebody else own it first.")
        yield Obstacle(company.pk, sentence % company)


def _organizers(person: Person) -> Iterator[Obstacle]:
    coordinators = Membership.objects.coordinators().filter(organizer=OuterRef("pk"))
    mine, others = coordinators.filter(user=person.user), coordinators.exclude(user=person.user)
    for organizer in Organizer.objects.filter(Exists(mine), ~Exists(others)) if person.user else ():
        sentence = _("Nobody else plans the fairs of %s. Invite another coordinator first.")
        yield Obstacle(organizer.pk, sentence % organizer)


def _addresses(person: Person) -> Iterator[Obstacle]:
    for organizer in Organizer.objects.filter(email__in=person.addresses):
        sentence = _("Calendars and mails of %s bear this address. Give it another one first, in the administration.")
        yield Obstacle(organizer.pk, sentence % organizer, can_be_left=False)
