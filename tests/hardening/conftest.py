"""A real Chromium, answered by our own service."""

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.hardening.looking import Chromium, Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The machine's own; without one the tests are skipped, but where CI is set."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI is set and there is no Chromium: install the package chromium")
        pytest.skip("there is no Chromium on the PATH: install the package chromium to run these tests")
    started = Chromium(path)
    yield started
    started.close()


@pytest.fixture
def visitor(chromium: Chromium) -> Iterator[Visitor]:
    """A window of its own for each test."""
    made = Visitor(chromium)
    yield made
    made.close()
