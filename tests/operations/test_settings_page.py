"""The page of settings is what the settings read, and a slip in a name is noticed."""

from operations import checks, settings_page

SOURCE = """
from environs import Env
env = Env()
# Who may come in,
# and from where.
DOORS = env.list("DOORS", [])
NIGHT = env.bool("NIGHT", True)  # closed to all
OTHER = {
    # Not above the statement, but above the line.
    "lamp": env.int("LAMP", 3),
    "oil": env.str("OIL", str(DOORS)),
}
# --- A headline -----
PLAIN = env.str("PLAIN")
KEY = secret("KEY")
AGAIN = env.str("KEY", "")
"""


def test_each_name_is_told_with_what_it_takes_what_holds_without_it_and_what_it_does():
    assert settings_page.read(SOURCE) == [
        settings_page.Setting("DOORS", "list, separated by commas", "", "Who may come in, and from where."),
        settings_page.Setting("NIGHT", "true or false", "true", "closed to all"),
        settings_page.Setting("LAMP", "number", "3", "Not above the statement, but above the line."),
        settings_page.Setting("OIL", "text", "…", ""),
        settings_page.Setting("PLAIN", "text", "", ""),
        settings_page.Setting("KEY", "secret text", "", ""),
    ]


def test_the_page_is_written_from_the_settings_as_they_are():
    settings = settings_page.read(settings_page.SETTINGS.read_text("utf-8"))

    assert settings_page.PAGE.read_text("utf-8") == settings_page.render(settings), "run: make docs"
    assert [setting.name for setting in settings if not setting.meaning] == []


def test_a_slip_in_a_name_is_warned_of_with_the_nearest_right_name():
    environment = {"DATABSE_URL": "x", "ALOWED_HOSTS": "x", "HOME": "/root", "PATH": "/bin", "MAILDIR": "x"}

    assert [warning.msg for warning in checks.misspelt(environment)] == [
        "ALOWED_HOSTS is no setting. Did you mean ALLOWED_HOSTS?",
        "DATABSE_URL is no setting. Did you mean DATABASE_URL?",
    ]


def test_a_name_that_resembles_one_that_is_set_is_somebody_elses():
    assert checks.misspelt({"DATABASE_URL": "x", "DATABASE_URLS": "y"}) == []


def test_the_command_writes_the_page(tmp_path, monkeypatch):
    monkeypatch.setattr(settings_page, "PAGE", tmp_path / "operate" / "settings.md")

    settings_page.main()

    assert "| `DATABASE_URL` | address |" in settings_page.PAGE.read_text("utf-8")
