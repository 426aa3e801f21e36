"""What a person reads, in both languages: collects it from code and templates into the `.po` file, and checks it.

`python -m operations.messages update` adds what is new and drops what is gone; `check` fails on anything that is
untranslated, fuzzy or not collected. GNU gettext, which makemessages needs, is not on a bare machine.
"""

import argparse
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hant" / "LC_MESSAGES" / "django.po"
ROOMS = ("core", "accounts", "fairs", "exhibitors", "scheduling", "worker", "web", "operations", "config")
# Django's names and the short one of our modules; numbers say which argument is the text, the plural, the context.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

# Chinese writes months and weekdays in ways of its own, so dates are given in more forms than English uses.
FORMS_OF_DATES = {"month", "last_month", "short_weekday", "last_short_weekday"}

Key = tuple[str, str, str]  # context, text, plural


def collect(root: Path = ROOT) -> dict[Key, list[str]]:
    """Every text of the rooms' code and templates, with the files that it stands in."""
    found: dict[Key, list[str]] = {}
    for path, source in _sources(root):
        for _line, texts, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            text, plural = (texts[0], texts[1]) if isinstance(texts, tuple) else (texts, "")
            files = found.setdefault((context or "", text, plural), [])
            if path not in files:
                files.append(path)
    return found


def _sources(root: Path) -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix == ".py" and "/migrations/" not in name:
                yield name, path.read_text("utf-8")
            elif path.suffix in (".html", ".txt", ".svg", ".xml") and "/templates/" in name:
                yield name, templatize(path.read_text("utf-8"), origin=name)


def update(catalogue: Path = CATALOGUE, known: dict[str, str | list[str]] | None = None) -> polib.POFile:
    """The catalogue with exactly what is collected; translations stay, and `known` ones fill gaps."""
    known = known or {}
    old = {_key(entry): entry for entry in polib.pofile(str(catalogue))} if catalogue.exists() else {}
    new = polib.POFile(wrapwidth=110)
    new.metadata = {
        "Project-Id-Version": "otop-fairs",
        "Language": "zh_Hant",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for key, files in sorted(collect().items(), key=lambda item: (item[1][0], item[0])):
        new.append(_entry(key, files, old.get(key), known))
    return new


def _entry(key: Key, files: list[str], old: polib.POEntry | None, known: dict[str, str | list[str]]) -> polib.POEntry:
    context, text, plural = key
    entry = polib.POEntry(msgid=text, msgctxt=context or None, occurrences=[(file, "") for file in files])
    if "%(" in text or "%s" in text or "%d" in text:
        entry.flags = ["python-format"]
    # A context and its text are joined as in the .mo format, for the same text may be said in two ways.
    given = known.get(f"{context}\x04{text}") or known.get(text, "")
    given = given[0] if isinstance(given, list) and given else given or ""
    if plural:
        entry.msgid_plural = plural
        entry.msgstr_plural = {0: (old.msgstr_plural.get(0, "") if old else "") or str(given)}
    else:
        entry.msgstr = (old.msgstr if old else "") or str(given)
    return entry


def _key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def faults(catalogue: Path = CATALOGUE) -> list[str]:
    """What is wrong with the catalogue, a sentence each."""
    if not catalogue.exists():
        return [f"{catalogue.name} is missing; make messages writes it"]
    have = {_key(entry): entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete}
    wanted = collect()
    said = [f"not in the catalogue: {key[1]!r} ({files[0]})" for key, files in wanted.items() if key not in have]
    said += [f"no longer in use: {key[1]!r}" for key in have if key not in wanted]
    for key, entry in have.items():
        translated = entry.msgstr or (entry.msgstr_plural or {}).get(0, "")
        if not translated or entry.fuzzy:
            said.append(f"not translated: {key[1]!r}")
        elif not _names(translated) <= _names(key[1]) | _names(key[2]) | FORMS_OF_DATES:
            said.append(f"the translation asks for a name that the text does not give: {key[1]!r}")
    return said


def _names(text: str) -> set[str]:
    return {part.split(")", 1)[0] for part in text.split("%(")[1:]}


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m operations.messages", description=__doc__)
    parser.add_argument("what", choices=["update", "check"])
    parser.add_argument("--known", type=Path, nargs="*", default=[], help="JSON files {text: translation}")
    given = parser.parse_args()
    settings.configure()
    if given.what == "update":
        known: dict[str, str | list[str]] = {}
        for path in given.known:
            known |= json.loads(path.read_text("utf-8"))
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        update(known=known).save(str(CATALOGUE))
        return 0
    said = faults()
    for sentence in said:
        sys.stderr.write(sentence + "\n")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
