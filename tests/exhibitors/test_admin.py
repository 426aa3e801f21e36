"""The administration looks at makers and at how far applications are, and changes nothing."""

import pytest
from django.urls import reverse

from exhibitors.models import Application, Company, CompanyMember, ConflictOfInterest, Placement, Product, Review
from tests.factories import CompanyMemberFactory, PlacementFactory, ProductFactory, ReviewFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    """A client signed in as an administrator."""
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def one_of_each():
    """A row of each kind that the administration lists."""
    placement = PlacementFactory(application__answers={"why": "nobody's business"})
    review = ReviewFactory(application=placement.application, scores={"taste": 4}, advice_zh="不給別人看")
    member, product = CompanyMemberFactory(), ProductFactory()
    conflict = ConflictOfInterest.objects.create(expert=review.expert, company=product.company)
    return [placement, review, member, product, conflict, placement.application, member.company]


def test_every_kind_is_listed_and_looked_at_but_neither_added_changed_nor_deleted(administrator):
    rows = one_of_each()

    assert {type(row) for row in rows} == {
        Application,
        Company,
        CompanyMember,
        ConflictOfInterest,
        Placement,
        Product,
        Review,
    }
    for row in rows:
        name = f"admin:exhibitors_{row._meta.model_name}"
        change = reverse(f"{name}_change", args=[row.pk])
        assert administrator.get(reverse(f"{name}_changelist")).status_code == 200
        assert administrator.get(change).status_code == 200
        refused = [
            administrator.post(change, {"state": "confirmed"}).status_code,
            administrator.get(reverse(f"{name}_add")).status_code,
            administrator.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code,
        ]
        assert refused == [403, 403, 403], row


def test_administrators_see_no_fairs_content(administrator):
    rows = one_of_each()

    for row in rows:
        name = f"admin:exhibitors_{row._meta.model_name}"
        page = administrator.get(reverse(f"{name}_change", args=[row.pk])).content.decode()
        assert "nobody&#x27;s business" not in page
        assert "不給別人看" not in page
