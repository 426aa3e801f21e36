"""A company signs up, and people come to act for it and leave again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Change
from core import tokens
from core.errors import Unfit
from exhibitors import joining
from exhibitors.models import Company, CompanyInvite, CompanyMember
from tests.factories import CategoryFactory, CompanyFactory, TownFactory, UserFactory, member_of

pytestmark = pytest.mark.django_db


def sign_up(user=None, **values):
    values = {"ubn": "10000004", "name_zh": "鹿谷茶行", "town": TownFactory(), "category": CategoryFactory(), **values}
    return joining.sign_up(user or UserFactory(), **values)


def fields_of(refusal):
    return sorted(gap.field for gap in refusal.value.gaps)


def test_who_signs_a_company_up_owns_it():
    user = UserFactory(email="owner@example.com")

    company = sign_up(user, name_en="Lugu Tea House", phone="0490000001")

    company.refresh_from_db()
    assert (company.ubn, company.slug, company.email, company.phone) == (
        "10000004",
        "lugu-tea-house",
        "owner@example.com",
        "0490000001",
    )
    assert [(member.user, member.role) for member in company.members.all()] == [(user, "owner")]
    assert list(Change.objects.about(company).values_list("kind", "by")) == [
        ("company.created", user.pk),
        ("company.member_joined", user.pk),
    ]


def test_a_short_name_that_is_taken_gets_a_tail_and_a_chinese_name_one_of_its_own():
    CompanyFactory(slug="lugu-tea-house")

    second = sign_up(name_en="Lugu Tea House")
    third = sign_up(ubn=None, name_zh="三義木雕")

    assert second.slug.startswith("lugu-tea-house-")
    assert third.slug.startswith("company-")
    assert len({second.slug, third.slug}) == 2


@pytest.mark.parametrize("ubn", ["12345678", "1000000", "00000000", "1000000X"])
def test_a_ubn_is_checked(ubn):
    with pytest.raises(Unfit) as refusal:
        sign_up(ubn=ubn)

    assert fields_of(refusal) == ["ubn"]
    assert not Company.objects.exists()


def test_a_company_that_is_here_already_is_found_by_its_ubn_or_by_name_and_town():
    sign_up()
    sign_up(ubn=None, name_zh="無統編工坊")

    with pytest.raises(Unfit) as by_ubn:
        sign_up(name_zh="別名")
    with pytest.raises(Unfit) as by_name:
        sign_up(ubn="", name_zh="無統編工坊")
    sign_up(ubn="10000010", name_zh="無統編工坊")

    assert fields_of(by_ubn) == ["ubn"]
    assert [gap.message for gap in by_name.value.gaps] == ["這個鄉鎮市區已有同名的店家。"]


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(Unfit) as refusal:
        sign_up(ubn="1", name_zh="", email="nobody", website="ftp")

    assert fields_of(refusal) == ["email", "name_zh", "ubn", "ubn", "website"] or fields_of(refusal) == [
        "email",
        "name_zh",
        "ubn",
        "website",
    ]


# --- inviting


def test_a_person_is_asked_by_mail_and_the_journal_bears_no_address():
    company = CompanyFactory()
    owner = member_of(company)

    asked = joining.invite(company, "  New@Example.com ", by=owner)

    assert (asked.email, asked.used_at, asked.invited_by) == ("new@example.com", None, owner)
    left = asked.expires_at - timezone.now()
    assert timedelta(days=14) - timedelta(minutes=1) < left <= timedelta(days=14)
    change = Change.objects.about(company).get()
    assert (change.kind, change.facts) == ("company.member_invited", {"invite": str(asked.pk)})


def test_the_link_leads_to_the_invitation_and_no_other_text_does():
    company = CompanyFactory()
    asked = joining.invite(company, "new@example.com", by=member_of(company))

    assert joining.from_link(joining.link_token(asked)) == asked
    for forged in (
        str(asked.pk),
        "",
        tokens.sign(str(asked.pk), purpose="other"),
        tokens.sign("x", purpose="company-invite"),
    ):
        with pytest.raises(joining.InviteGone):
            joining.from_link(forged)


def test_who_was_asked_joins_once():
    company = CompanyFactory()
    asked = joining.invite(company, "new@example.com", by=member_of(company))
    user = UserFactory(email="new@example.com")

    member = joining.accept(asked, user)

    assert (member.company, member.user, member.role) == (company, user, "member")
    with pytest.raises(joining.InviteGone):
        joining.accept(asked, user)
    change = Change.objects.about(company).last()
    assert (change.kind, change.by, change.facts["user"]) == ("company.member_joined", user, str(user.pk))


def test_nobody_joins_by_anothers_invitation():
    company = CompanyFactory()
    asked = joining.invite(company, "new@example.com", by=member_of(company))

    with pytest.raises(joining.InviteForOther):
        joining.accept(asked, UserFactory(email="other@example.com"))

    assert CompanyInvite.objects.get().used_at is None


def test_an_invitation_ends_after_14_days_or_when_another_one_follows():
    company = CompanyFactory()
    owner, user = member_of(company), UserFactory(email="new@example.com")
    first = joining.invite(company, "new@example.com", by=owner)
    second = joining.invite(company, "new@example.com", by=owner)

    with pytest.raises(joining.InviteGone):
        joining.accept(first, user)
    CompanyInvite.objects.filter(pk=second.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(joining.InviteGone):
        joining.accept(second, user)

    assert company.members.count() == 1


def test_who_is_a_member_is_neither_asked_nor_joined_again():
    company = CompanyFactory()
    owner = member_of(company)
    asked = joining.invite(company, "new@example.com", by=owner)
    user = CompanyMember.objects.create(company=company, user=UserFactory(email="new@example.com")).user

    with pytest.raises(joining.AlreadyMember):
        joining.invite(company, "new@example.com", by=owner)
    with pytest.raises(joining.AlreadyMember):
        joining.accept(asked, user)


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "x" * 300 + "@example.com"])
def test_an_address_is_an_address(email):
    company = CompanyFactory()

    with pytest.raises(Unfit) as refusal:
        joining.invite(company, email, by=member_of(company))

    assert fields_of(refusal) == ["email"]


def test_a_company_invites_so_many_a_day_and_no_more():
    company, other = CompanyFactory(), CompanyFactory()
    owner = member_of(company)
    for n in range(joining.MOST_INVITES_A_DAY):
        joining.invite(company, f"new{n}@example.com", by=owner)

    with pytest.raises(joining.TooManyInvites):
        joining.invite(company, "more@example.com", by=owner)
    joining.invite(other, "more@example.com", by=owner)
    CompanyInvite.objects.filter(company=company).update(created_at=timezone.now() - timedelta(days=2))
    joining.invite(company, "more@example.com", by=owner)

    assert CompanyInvite.objects.filter(email="more@example.com").count() == 2


# --- leaving


def test_a_removed_member_acts_for_the_company_no_more():
    company = CompanyFactory()
    owner, user = member_of(company), member_of(company, role="member")

    joining.remove(company.members.get(user=user), by=owner)

    assert not Company.objects.of(user).exists()
    change = Change.objects.about(company).last()
    assert (change.kind, change.by, change.facts) == (
        "company.member_removed",
        owner,
        {"user": str(user.pk), "role": "member"},
    )


def test_the_last_owner_stays():
    company = CompanyFactory()
    owner, user = member_of(company), member_of(company, role="member")

    with pytest.raises(joining.LastOwner):
        joining.remove(company.members.get(user=owner), by=owner)
    joining.make_owner(company.members.get(user=user), by=owner)
    joining.remove(company.members.get(user=owner), by=user)

    assert [(member.user, member.role) for member in company.members.all()] == [(user, "owner")]


def test_making_an_owner_of_an_owner_records_nothing():
    company = CompanyFactory()
    owner = member_of(company)

    joining.make_owner(company.members.get(user=owner), by=owner)

    assert not Change.objects.about(company).exists()


def test_a_member_who_is_gone_already_is_no_fault():
    company = CompanyFactory()
    owner, user = member_of(company), member_of(company, role="member")
    member = company.members.get(user=user)
    joining.remove(member, by=owner)

    joining.remove(CompanyMember(pk=member.pk, company=company, user=user, role="member"), by=owner)

    assert Change.objects.filter(kind="company.member_removed").count() == 1
