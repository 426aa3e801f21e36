"""What the tests of pages share."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _the_reader_of_one_page_does_not_follow_to_the_next() -> Iterator[None]:
    """A request leaves its language behind in the thread; each test begins in the service's own."""
    with translation.override("zh-hant"):
        yield
