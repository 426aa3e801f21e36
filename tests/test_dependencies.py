"""Few parts, each with a reason: the page of dependencies is what is asked for."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
# A licence that would bind what we ship is a decision, not a line in a table.
SHIPPED_UNDER = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "LGPL-3.0", "MIT", "PSF-2.0"}


def asked_for(name: str) -> list[str]:
    lines = (ROOT / "requirements" / f"{name}.in").read_text("utf-8").splitlines()
    return [re.split(r"[\[~=<>]", line)[0] for line in lines if line and not line.startswith(("#", "-r"))]


def table(heading: str) -> list[tuple[str, str, str]]:
    """Rows of the table below a heading: package, licence, reason."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| ([\w-]+) \| ([^|]+) \| ([^|]+) \|$", section, re.MULTILINE)[1:]


@pytest.mark.parametrize(("heading", "name"), [("In production", "base"), ("For work on it", "dev")])
def test_every_package_that_we_ask_for_has_a_licence_and_a_reason(heading, name):
    assert [package for package, _licence, _why in table(heading)] == asked_for(name)


def test_what_is_shipped_binds_nobody():
    licences = {licence for _package, given, _why in table("In production") for licence in given.split(" or ")}

    assert licences <= SHIPPED_UNDER


@pytest.mark.parametrize("name", ["uv", "base", "dev"])
def test_the_lock_is_pinned_by_hash_and_names_no_address(name):
    lock = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    packages = re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==", lock, re.MULTILINE)
    blocks = re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==.*\\\n    --hash=sha256:", lock, re.MULTILINE)

    assert len(packages) == len(blocks) > 0
    assert "://" not in lock
