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
