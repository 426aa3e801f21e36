"""A running service with the demo world, and a real Chromium to walk through it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.post import Post
from tests.operations.running_service import Service

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
# No sandbox: CI runs as root. The rest keeps the browser from calling its makers' hosts.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium: Playwright's own browsers are not fetched."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI is set and there is no Chromium: install the package chromium")
        pytest.skip("there is no Chromium on the PATH: install the package chromium to run the journeys")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader of English on a laptop."""
    return {**browser_context_args, "locale": "en-GB", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`make run` with the demo world, in a folder of its own."""
    service = Service(tmp_path_factory.mktemp("journey") / "data", DEMO="true")
    try:
        service.wait_until_ready()
        yield service
    finally:
        service.end()


@pytest.fixture(scope="session")
def post(service: Service) -> Post:
    """The mails that arrived in the catcher of the service."""
    return Post(Path(service.data) / "mail")
