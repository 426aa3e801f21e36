"""What the database itself says about people."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import PERSONAL, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ERASED = {"email": "x@erased.invalid", "is_active": False, **dict.fromkeys(PERSONAL, "")}


@pytest.mark.parametrize(
    "kept",
    [{"email": "lin@example.com"}, {"name_zh": "林美華"}, {"phone": "0912-000-001"}, {"is_active": True}],
    ids=str,
)
def test_an_erased_person_has_no_name_no_address_and_no_way_in(kept):
    user = UserFactory()

    with pytest.raises(IntegrityError, match="an_erased_person_is_nobody"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(**ERASED | kept, erased_at=timezone.now())


def test_a_request_that_read_the_person_before_cannot_save_the_name_again():
    user = UserFactory()
    User.objects.filter(pk=user.pk).update(**ERASED, erased_at=timezone.now())

    with pytest.raises(DatabaseError, match="an erased person stays erased"), transaction.atomic():
        user.save()

    assert str(User.objects.get()) in ("已刪除的人", "Erased person")
