"""The architecture page is true: what it says of the house is what the checker enforces."""

import itertools
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_the_diagram_shows_the_chain_of_rooms_that_is_checked():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    chain = next(contract["layers"] for contract in contracts if contract["type"] == "layers")

    drawn = re.findall(r"^  (\w+)\[", PAGE, re.MULTILINE)
    arrows = re.findall(r"^  (\w+)\[.*\] --> (\w+)$", PAGE, re.MULTILINE)

    assert drawn == chain
    assert arrows == list(itertools.pairwise(chain))


def test_every_file_and_folder_that_the_pages_name_is_there():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    named = {
        (page.name, name)
        for page in pages
        for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", page.read_text("utf-8"))
        if name.split("/")[0]
        in {"docs", "tests", "web", "worker", "config", "fairs", "exhibitors", "operations", "core"}
    }

    assert [(page, name) for page, name in sorted(named) if not (ROOT / name).exists()] == []
