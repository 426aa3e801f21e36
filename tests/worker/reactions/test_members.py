"""Whoever is asked to join gets the link."""

import pytest

from accounts import memberships
from exhibitors import joining
from tests.factories import CompanyFactory, OrganizerFactory, coordinator_of, member_of
from tests.worker.running import handle_all
from worker import rendering
from worker.models import Message

pytestmark = pytest.mark.django_db


def test_who_is_asked_to_act_for_a_company_gets_a_link_in_both_languages():
    company = CompanyFactory(name_zh="陶作坊", name_en="Tao Workshop")
    asked = joining.invite(company, "new@example.net", by=member_of(company))

    handle_all()

    message = Message.objects.get()
    link = f"http://localhost:8000/company/join/{joining.link_token(asked)}/"
    assert (message.kind, message.recipient, message.language) == ("company-invite", "new@example.net", "")
    text = rendering.render(message).text
    assert (text.count(link), "陶作坊" in text, "Tao Workshop" in text) == (2, True, True)
    assert message.give_up_at == asked.expires_at


def test_an_invitation_that_was_used_before_its_mail_was_written_is_not_told():
    company = CompanyFactory()
    asked = joining.invite(company, "new@example.net", by=member_of(company))
    type(asked).objects.update(used_at=asked.expires_at)

    handle_all()

    assert not Message.objects.exists()


def test_who_is_asked_to_work_for_an_organizer_gets_a_link_that_says_the_role():
    organizer = OrganizerFactory(name_zh="經發局", name_en="Economy Bureau")
    asked = memberships.invite(organizer, "new@example.net", role="staff", by=coordinator_of(organizer))

    handle_all()

    message = Message.objects.get()
    text = rendering.render(message).text
    assert (message.kind, message.recipient, message.organizer) == ("membership-invite", "new@example.net", organizer)
    assert text.count(f"http://localhost:8000/join/{memberships.link_token(asked)}/") == 2
    assert ("加入 經發局" in text, "Your role: Staff." in text) == (True, True)


def test_an_invitation_that_a_newer_one_replaced_is_not_told():
    organizer, company = OrganizerFactory(), CompanyFactory()
    for _ in range(2):
        memberships.invite(organizer, "new@example.net", role="staff", by=coordinator_of(organizer))
        joining.invite(company, "new@example.net", by=member_of(company))

    handle_all()

    assert sorted(Message.objects.values_list("kind", flat=True)) == ["company-invite", "membership-invite"]
