"""Published feeds as files, for any web server."""

import pytest
from django.core.management import CommandError, call_command
from icalendar import Calendar

from scheduling import programming, publishing, subscribing
from tests.factories import ApplicationFactory, FairFactory, SessionFactory, StageFactory, member_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def fair():
    session = SessionFactory(stage=StageFactory(fair=FairFactory(slug="kiln-tea"), slug="main"))
    programming.release(session.fair, by=None)
    publishing.reconcile_fair(session.fair)
    return session.fair


def files(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.ics"))


def test_the_feeds_of_a_fair_are_written_in_both_languages_where_their_addresses_are(fair, tmp_path, capsys):
    call_command("feeds", "--fair", "kiln-tea", "--out", str(tmp_path))

    assert files(tmp_path) == [
        "feeds/fairs/kiln-tea.en.ics",
        "feeds/fairs/kiln-tea.ics",
        "feeds/fairs/kiln-tea/stage/main.en.ics",
        "feeds/fairs/kiln-tea/stage/main.ics",
    ]
    calendar = Calendar.from_ical((tmp_path / "feeds/fairs/kiln-tea.ics").read_bytes())
    assert len(calendar.walk("VEVENT")) == 2
    assert "4 feeds" in capsys.readouterr().out


def test_all_public_feeds_are_written_and_private_ones_never(fair, tmp_path, client):
    application = ApplicationFactory(state="offered")
    FairFactory(slug="secret", state="draft")
    publishing.reconcile_application(application)
    _token, raw = subscribing.create_token(member_of(application), company=application.company)
    client.get(f"/feeds/private/{raw}.ics")
    client.get("/feeds/news.atom")

    call_command("feeds", "--out", str(tmp_path))

    written = files(tmp_path)
    assert {"feeds/fairs.ics", "feeds/fairs/kiln-tea.ics"} <= set(written)
    assert not [name for name in written if "secret" in name or "private" in name or "own" in name]


def test_a_fair_that_is_not_public_is_refused(tmp_path):
    FairFactory(slug="secret", state="draft")

    with pytest.raises(CommandError, match="secret"):
        call_command("feeds", "--fair", "secret", "--out", str(tmp_path))
