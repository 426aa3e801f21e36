"""Translations without GNU gettext, which a bare machine does not have.

`python -m operations.translations compile` makes the `.mo` files that Django reads from the `.po` files that people
edit.
"""

import argparse
import os
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent


def compile_all(locale: Path = ROOT / "locale") -> list[Path]:
    """Compile each `.po` that is newer than its `.mo`; gives the files written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        # Beside its place and renamed, for another process may be reading the old one.
        new = target.with_suffix(f".{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(new))
        new.replace(target)
        written.append(target)
    return written


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m operations.translations", description=__doc__)
    parser.add_argument("what", choices=["compile"])
    parser.parse_args()
    compile_all()


if __name__ == "__main__":
    main()
