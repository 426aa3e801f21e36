"""The maker of `.venv`: quick when nothing has changed, and a sentence where it cannot go on."""

import builtins
import sys
from pathlib import Path

import pytest

from operations import environment


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a lock and an environment that was made from it."""
    monkeypatch.setattr(environment, "VENV", str(tmp_path / ".venv"))
    for name, path in {
        "PYTHON": ".venv/bin/python",
        "STAMP": ".venv/lock.sha256",
        "LOCK": "dev",
        "INSTALLER": "uv",
    }.items():
        monkeypatch.setattr(environment, name, str(tmp_path / path))
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for path in (".venv/bin/python", ".venv/bin/pytest", "dev", "uv"):
        (tmp_path / path).touch()
    (tmp_path / ".venv" / "lock.sha256").write_text(environment.fingerprint())
    return tmp_path


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been run; each succeeds."""
    made: list[list[str]] = []

    def call(command: list[str], **_options: object) -> int:
        made.append(command)
        return 0

    monkeypatch.setattr(environment.subprocess, "call", call)
    return made


def words(calls: list[list[str]]) -> list[str]:
    return [" ".join(Path(word).name for word in command) for command in calls]


def test_an_unchanged_lock_costs_nothing(checkout, calls):
    environment.main()

    assert calls == []


def test_a_changed_lock_is_installed_by_hash_and_remembered(checkout, calls):
    (checkout / "dev").write_text("django==5.2 --hash=sha256:0")

    environment.main()
    environment.main()

    assert words(calls) == [
        "python -m pip --disable-pip-version-check --quiet --version",
        "python -m pip --disable-pip-version-check --quiet install --require-hashes -r uv",
        "uv pip sync --quiet --require-hashes --python python dev",
    ]


def test_where_uv_reaches_no_index_pip_does_the_work(checkout, monkeypatch):
    made: list[list[str]] = []

    def call(command: list[str], **_options: object) -> int:
        made.append(command)
        return 2 if "sync" in command else 0

    monkeypatch.setattr(environment.subprocess, "call", call)
    (checkout / "dev").write_text("changed")

    environment.main()

    assert words(made)[-1] == "python -m pip --disable-pip-version-check --quiet install --require-hashes -r dev"


def test_where_nothing_can_be_installed_a_sentence_says_so_and_nothing_is_remembered(checkout, monkeypatch):
    monkeypatch.setattr(environment.subprocess, "call", lambda command, **options: 1)
    (checkout / "dev").write_text("changed")

    with pytest.raises(SystemExit, match=r"pip could not be put into \.venv"):
        environment.main()

    assert environment.recorded() != environment.fingerprint()


def test_a_half_made_environment_does_not_count(checkout):
    (checkout / ".venv" / "bin" / "pytest").unlink()

    assert environment.recorded() == ""


def test_an_environment_that_is_a_link_is_left_alone(checkout, calls):
    (checkout / ".venv").rename(checkout / "elsewhere")
    (checkout / ".venv").symlink_to(checkout / "elsewhere")
    (checkout / "dev").write_text("changed")

    environment.main()

    assert calls == []


def test_a_python_that_is_too_old_says_which_one_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)

    with pytest.raises(SystemExit, match=r"needs Python 3.11 or newer, and .* is Python 3.9. .*make PYTHON=python3.12"):
        environment.main()


def test_a_python_that_is_too_old_hands_over_to_a_newer_one(monkeypatch):
    handed: list[object] = []
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(environment.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "python3.12" else None)
    monkeypatch.setattr(environment.os, "execv", lambda *command: handed.append(command) or sys.exit(0))

    with pytest.raises(SystemExit):
        environment.main()

    assert handed == [("/usr/bin/python3.12", ["/usr/bin/python3.12", "-m", "operations.environment"])]


def test_a_python_without_ensurepip_names_the_package_to_install(monkeypatch):
    imported = builtins.__import__

    def without_ensurepip(name: str, *args: object) -> object:
        if name == "ensurepip":
            raise ImportError(name)
        return imported(name, *args)

    monkeypatch.setattr(builtins, "__import__", without_ensurepip)

    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        environment.make()


def test_uv_copies_where_its_cache_is_on_another_disk(checkout, monkeypatch):
    monkeypatch.setenv("UV_CACHE_DIR", str(checkout))
    assert environment.link_mode() == "hardlink"

    monkeypatch.setenv("UV_CACHE_DIR", str(checkout / "nowhere"))
    assert environment.link_mode() == "copy"


def test_a_missing_environment_is_made_and_told_of(checkout, monkeypatch, capsys):
    made: list[list[str]] = []

    def call(command: list[str], **_options: object) -> int:
        made.append(command)
        (checkout / ".venv").mkdir(exist_ok=True)
        return 0

    monkeypatch.setattr(environment.subprocess, "call", call)
    (checkout / ".venv" / "bin" / "python").unlink()

    environment.main()

    assert words(made)[0] == f"{Path(sys.executable).name} -m venv .venv"
    assert "environment: making .venv" in capsys.readouterr().out
