"""The commands that import files, as a person runs them."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Language
from fairs.models import Town, Venue
from tests.factories import CountyFactory, MembershipFactory, TownFactory, UserFactory
from tests.sessions import another_session_holds

pytestmark = pytest.mark.django_db
GOOD = "town_code,county_code,town_zh\n10008070,10008,鹿谷鄉\n"
FORMULA = "A formula, or text that begins like one (= + - @). Type the value itself."
MIXED = f"{GOOD}1,10008,=短鄉\n"


@pytest.fixture
def file(tmp_path):
    """Writes a file of towns and gives its place."""

    def write(text: str, name: str = "towns.csv") -> str:
        CountyFactory(code="10008")
        place = tmp_path / name
        place.write_text(text, encoding="utf-8")
        return str(place)

    return write


def run(*arguments: str, command: str = "import_towns", language: str = Language.EN) -> tuple[str, list[str]]:
    """The output of a command that an English reader runs, and what is said beside it."""
    coordinator = MembershipFactory(user__language=language).user
    out, beside = StringIO(newline=""), StringIO()
    call_command(command, *arguments, "--by", coordinator.email, stdout=out, stderr=beside)
    return out.getvalue(), beside.getvalue().splitlines()


def test_a_good_file_is_imported_and_counted(file):
    assert run(file(GOOD)) == ("", ["1 row is good.", "1 row was imported."])
    assert Town.objects.count() == 1


def test_a_trial_changes_nothing(file):
    assert run(file(GOOD), "--dry-run") == ("", ["1 row is good.", "Nothing was changed: this was a trial."])
    assert Town.objects.count() == 0


def test_a_refused_row_keeps_all_out_and_is_reported(file):
    with pytest.raises(
        CommandError, match=re.escape("Nothing was imported. Correct the refused rows, or add --keep-good.")
    ):
        run(file(MIXED))

    assert Town.objects.count() == 0


def test_good_rows_are_kept_on_request_and_the_others_reported_as_csv(file):
    out, beside = run(file(MIXED), "--keep-good")

    assert out.splitlines() == [
        "Row,Line,Column,Heading,Code,Reason,What stands there",
        "3,3,town_code,town_code,code_format,A town code has eight digits.,1",
        f'3,3,town_zh,town_zh,formula_cell,"{FORMULA}",\'=短鄉',
    ]
    assert beside == ["1 row is good.", "1 row is refused.", "1 row was imported."]
    assert Town.objects.count() == 1


def test_a_report_goes_to_its_file_with_a_mark_for_spreadsheets(file, tmp_path):
    report = tmp_path / "reasons.csv"

    out, _ = run(file(MIXED), "--keep-good", "--report", str(report))

    assert out == ""
    assert report.read_bytes().startswith("\ufeffRow,Line,".encode())
    assert len(report.read_text(encoding="utf-8-sig").splitlines()) == 3


def test_programs_get_the_whole_outcome_as_json(file, tmp_path):
    report = tmp_path / "outcome.json"

    run(file(MIXED), "--dry-run", "--report", str(report))

    outcome = json.loads(report.read_text(encoding="utf-8"))
    assert (outcome["file"], outcome["importer"], outcome["counts"]) == (
        "towns.csv",
        "import_towns",
        {"accepted": 1, "rejected": 1},
    )


def test_columns_that_are_not_known_are_named(file):
    assert run(file("town_code,county_code,town_zh,備註\n10008070,10008,鹿谷鄉,x\n"))[1] == [
        "The column “備註” is not known and was passed over.",
        "1 row is good.",
        "1 row was imported.",
    ]


def test_a_long_file_shows_how_far_it_is(file):
    rows = "".join(f"10008{n:03},10008,鄉{n}\n" for n in range(1_000) if n != 70)

    assert run(file(GOOD + rows))[1] == [
        "1000 of 1000 rows read",
        "1000 rows are good.",
        "1000 rows were imported.",
    ]


def test_a_file_that_is_refused_or_absent_is_an_error_in_words(file, tmp_path):
    with pytest.raises(CommandError, match=re.escape("The file is empty. Save it once more and choose it again.")):
        run(file(""))
    with pytest.raises(CommandError, match="The file can’t be read: No such file or directory"):
        run(str(tmp_path / "nowhere.csv"))


def test_only_coordinators_and_administrators_import(file):
    stranger, administrator = UserFactory(email="stranger@example.com"), UserFactory(is_superuser=True)
    place = file(GOOD)

    with pytest.raises(CommandError, match=re.escape("stranger@example.com")):
        call_command("import_towns", place, "--by", stranger.email)
    with pytest.raises(CommandError, match=re.escape("nobody@example.com")):
        call_command("import_towns", place, "--by", "nobody@example.com")
    call_command("import_towns", place, "--by", administrator.email, stderr=StringIO())

    assert Town.objects.count() == 1


def test_a_file_may_be_imported_by_the_console_in_nobodys_name(file):
    call_command("import_towns", file(GOOD), stderr=StringIO())

    assert Town.objects.count() == 1


def test_venues_have_a_command_of_their_own(file):
    TownFactory()

    assert (
        run(file("場地代碼,場地名稱,鄉鎮市區\nV1,館,南投縣鹿谷鄉\n"), command="import_venues")[1][-1]
        == "1 row was imported."
    )
    assert Venue.objects.get().code == "V1"


def test_so_have_companies(file):
    with pytest.raises(CommandError):
        run(file("統一編號\n00878525\n"), command="import_companies")


def test_another_import_under_way_is_told(file):
    place = file(GOOD)

    with (
        another_session_holds("SELECT pg_advisory_lock(5202601)"),
        pytest.raises(CommandError, match=re.escape("Another file is being imported. Try again in a minute.")),
    ):
        run(place)
