"""Translations are compiled without GNU gettext, and only those that people stand by."""

import gettext
import os
import sys
from pathlib import Path

import pytest

from operations import translations

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Booth"
msgstr "攤位"

msgid "%(n)s mail"
msgid_plural "%(n)s mails"
msgstr[0] "%(n)s 封信"

#, fuzzy
msgid "Fair"
msgstr "公平"
"""


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    folder = tmp_path / "zh_Hant" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO, encoding="utf-8")
    return tmp_path


def test_what_is_compiled_says_what_was_translated_but_nothing_doubtful(locale):
    (written,) = translations.compile_all(locale)

    with written.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Booth") == "攤位"
    assert compiled.ngettext("%(n)s mail", "%(n)s mails", 3) == "%(n)s 封信"
    assert compiled.gettext("Fair") == "Fair"


def test_only_what_has_changed_is_compiled_again(locale):
    (written,) = translations.compile_all(locale)
    assert translations.compile_all(locale) == []

    source = written.with_suffix(".po")
    os.utime(source, ns=(written.stat().st_mtime_ns + 1, written.stat().st_mtime_ns + 1))
    assert translations.compile_all(locale) == [written]


def test_the_command_compiles_what_the_house_speaks(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["translations", "compile"])

    translations.main()

    for source in (translations.ROOT / "locale").glob("*/LC_MESSAGES/*.po"):
        assert source.with_suffix(".mo").stat().st_mtime_ns >= source.stat().st_mtime_ns
