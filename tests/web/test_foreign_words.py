"""Whatever people write, pages show it as text: no script runs, no link leads by another scheme."""

from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from exhibitors import deciding
from exhibitors.models import Company
from scheduling import inviting, programming
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CompanyFactory,
    FairFactory,
    HallFactory,
    InvitationFactory,
    MessageFactory,
    PlacementFactory,
    ProductFactory,
    QuestionFactory,
    ReviewFactory,
    SessionFactory,
    StageFactory,
    UserFactory,
    ZoneFactory,
    coordinator_of,
    member_of,
)
from tests.web.reading import client_of, see

pytestmark = pytest.mark.django_db
EVIL = "\"'><img src=x onerror=alert(1)></script><script>alert(2)</script>{{7777*7777}}"
SCHEMES = {"", "http", "https", "mailto", "webcal"}


@pytest.fixture
def world():
    """A fair in which every text is hostile."""
    fair = FairFactory(name_zh=EVIL, name_en=EVIL, description_zh=EVIL, description_en=EVIL, venue__name_zh=EVIL)
    call = CallFactory(fair=fair)
    question = QuestionFactory(call=call, label_zh=EVIL, label_en=EVIL)
    company = CompanyFactory(name_zh=EVIL, name_en=EVIL, story_zh=EVIL, story_en=EVIL)
    Company.objects.filter(pk=company.pk).update(website=f"https://example.com/{EVIL[:40]}", address_zh=EVIL)
    product = ProductFactory(company=company, name_zh=EVIL, name_en=EVIL, description_zh=EVIL, description_en=EVIL)
    application = ApplicationFactory(
        call=call, company=company, state="confirmed", answers={question.key: EVIL}, contact_name=EVIL
    )
    hall = HallFactory(fair=fair, key="H", name_zh=EVIL, name_en=EVIL)
    zone = ZoneFactory(fair=fair, name_zh=EVIL, name_en=EVIL)
    PlacementFactory(application=application, booth=BoothFactory(hall=hall, zone=zone, number="A01", x=3, y=3))
    now = timezone.now()
    ReviewFactory(application=application, state="submitted", weighted_score=50, advice_zh=EVIL, submitted_at=now)
    stage = StageFactory(fair=fair, name_zh=EVIL, name_en=EVIL)
    person = UserFactory(name_zh=EVIL, name_en=EVIL)
    session = SessionFactory(stage=stage, title_zh=EVIL, title_en=EVIL, abstract_zh=EVIL)
    session.presenters.add(person)
    session.companies.add(company)
    coordinator = coordinator_of(fair)
    programming.release(fair, by=coordinator, note_zh=EVIL, note_en=EVIL)
    staged = ApplicationFactory(call=call)
    deciding.stage(staged, "reject", by=coordinator, reason=EVIL)
    MessageFactory(fair=fair, error=EVIL, recipient=EVIL)
    return {
        "fair": fair,
        "company": company,
        "product": product,
        "application": application,
        "staged": staged,
        "session": session,
        "invitation": InvitationFactory(fair=fair, name=EVIL),
        "coordinator": coordinator,
        "member": member_of(company),
    }


def pages(world):
    """Every page that shows something of it, with who looks."""
    fair, company = world["fair"].slug, world["company"].slug
    application = world["application"]
    desk = ("", "fair/", "fair/change/", "call/", "applications/", "decisions/", "floorplan/", "programme/")
    desk += ("programme/release/", "messages/", "invitations/", "invitations/new/", "journal/")
    desk += (f"applications/{application.label}/", f"applications/{world['staged'].label}/", "floorplan/?booth=A01")
    desk += (f"programme/sessions/{world['session'].pk}/",)
    public = ("/", f"/fairs/{fair}/", f"/fairs/{fair}/programme/", f"/fairs/{fair}/floorplan/?booth=A01")
    public += (f"/fairs/{fair}/exhibitors/", "/companies/", "/products/", f"/companies/{company}/", "/calendars/")
    public += (f"/products/{world['product'].slug}/", "/search/?q=alert", "/towns/10008070/")
    public += (urlsplit(inviting.link_of(world["invitation"])).path,)
    own = ("", "applications/", f"applications/{application.pk}/", "profile/", "products/", "members/")
    own += (f"products/{world['product'].slug}/", f"applications/new/?call={fair}")
    yield from ((None, path) for path in public)
    yield from ((world["member"], f"/company/{path}") for path in own if "call=" not in path)
    yield from ((world["coordinator"], f"/desk/{fair}/{path}") for path in desk)
    yield world["coordinator"], "/desk/"


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_no_text_becomes_part_of_a_page(world, language):
    for user, path in pages(world):
        page = see(client_of(user, language=language), path)
        assert [node for node in page.all("img") if node.attrs.get("src") == "x"] == [], path
        assert [node for node in page.root.walk() if any(name.startswith("on") for name in node.attrs)] == [], path
        inline = [node for node in page.all("script") if "src" not in node.attrs]
        assert {node.attrs.get("type") for node in inline} <= {"application/ld+json"}, path
        assert {urlsplit(link).scheme for link in page.links} <= SCHEMES, path
        assert "60481729" not in page.title, path
