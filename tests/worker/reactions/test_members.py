"""Whoever is asked to join gets the link."""

import pytest

from exhibitors import joining
from tests.factories import CompanyFactory, member_of
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
