"""Every file that users send gives exactly the outcome that is written down for it, row by row."""

import pytest

from core.outcomes import as_data
from tests.imports import EXPECTED, read


@pytest.mark.parametrize("expected", EXPECTED["files"], ids=lambda expected: expected["file"])
def test_a_file_gives_exactly_the_outcome_written_down_for_it(expected):
    outcome = read(expected["file"])

    assert as_data(outcome, file=expected["file"]) == expected
