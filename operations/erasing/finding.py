"""Who is meant: a person's account, addresses and names, and how far a name may be looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import ERASED_DOMAIN, User
from core.errors import DomainError
from exhibitors.models import Application
from operations.erasing import searching
from operations.erasing.wording import Words, is_telling
from scheduling.models import Invitation, Listing
from worker.models import Message


class NoAddress(DomainError):
    """What was typed is no mail address, and would be found in texts that have nothing to do with anybody."""

    code = "no-address"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, or a guest who has none.

    `everywhere`: what can mean nobody else. `nearby`: also names that others bear or that stand in other words by
    chance. These are only taken out of what belongs to the person: `belongings` is a filter for its rows, by model.
    """

    user: User | None
    everywhere: Words
    nearby: Words
    belongings: Mapping[str, Q]

    @property
    def addresses(self) -> list[str]:
        """In small letters, as all tables keep them."""
        return self.everywhere.addresses

    @property
    def is_ambiguous(self) -> bool:
        """Whether a name is left where it may mean somebody or something else."""
        return self.nearby.names != self.everywhere.names


def find(email: str) -> Person:
    """Whoever has this address. Raises NoAddress.

    Somebody of whom nothing is known is a person too, with nothing to erase.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise NoAddress(_("Please give an e-mail address, such as name@example.com.")) from error
    by_other_address = EmailAddress.objects.filter(email__iexact=email).select_related("user")
    user = User.objects.filter(email=email).first() or next((each.user for each in by_other_address), None)
    return of(user) if user else _guest(email)


def of(user: User) -> Person:
    """The person of this account, with every address that ever was theirs in our tables."""
    addresses = {
        user.email,
        *EmailAddress.objects.filter(user=user).values_list("email", flat=True),
        *Invitation.objects.filter(user=user).values_list("email", flat=True),
        *Message.objects.filter(user=user).values_list("recipient", flat=True),
    }
    others = User.objects.filter(email__in=[each.lower() for each in addresses]).exclude(pk=user.pk)
    own = {each.lower() for each in addresses} - set(others.values_list("email", flat=True))
    names = Invitation.objects.filter(user=user).values_list("name", flat=True)
    return _person(user, own, [user.name_zh, user.name_en, *names])


def _guest(email: str) -> Person:
    names = [
        *Invitation.objects.filter(email__iexact=email).values_list("name", flat=True),
        *Application.objects.filter(contact_email__iexact=email).values_list("contact_name", flat=True),
    ]
    return _person(None, {email}, names)


def _person(user: User | None, addresses: Iterable[str], names: Iterable[str]) -> Person:
    own = sorted(each for each in addresses if not each.endswith(ERASED_DOMAIN))
    nearby = Words(addresses=own, names=names)
    kept = list(searching.longer_names(nearby.names))
    telling = [name for name in nearby.names if is_telling(name) and not _is_borne_by_others(name, user, own)]
    return Person(
        user,
        Words(addresses=own, names=telling, kept=kept),
        Words(addresses=own, names=nearby.names, kept=kept),
        _belongings(user) if user else {},
    )


def _belongings(user: User) -> dict[str, Q]:
    """By ids that are read now: once the person has left a company, its rows could not be told any more."""
    companies = list(user.company_memberships.values_list("company", flat=True))
    sessions = list(user.sessions.values_list("pk", flat=True))
    listed = list(Listing.objects.filter(presenters__contains=[user.pk]).values_list("pk", flat=True))
    return {
        "accounts.change": Q(by=user.pk) | Q(about_id=user.pk) | Q(company_id__in=companies),
        "exhibitors.company": Q(pk__in=companies),
        "exhibitors.product": Q(company__in=companies),
        "exhibitors.application": Q(company__in=companies),
        "exhibitors.review": Q(expert=user.pk),
        "scheduling.session": Q(pk__in=[*sessions, *listed]),
        "scheduling.listing": Q(pk__in=[*sessions, *listed]),
        "scheduling.release": Q(fair__sessions__in=[*sessions, *listed]) | Q(published_by=user.pk),
        "worker.handling": Q(change__by=user.pk),
    }


def _is_borne_by_others(name: str, user: User | None, addresses: list[str]) -> bool:
    namesakes = User.objects.filter(Q(name_zh__iexact=name) | Q(name_en__iexact=name))
    if user is not None:
        namesakes = namesakes.exclude(pk=user.pk)
    guests = Invitation.objects.filter(name__iexact=name).exclude(email__in=addresses)
    return namesakes.exists() or guests.exists()
