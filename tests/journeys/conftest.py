"""A running service with the demo world, and a real Chromium to walk through it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium: Playwright's own browsers are not fetched.

    It ends with the last journey, for its event loop would stand in the way of the tests that follow in this thread.
    """
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI is set and there is no Chromium: install the package chromium")
        pytest.skip("there is no Chromium on the PATH: install the package chromium to run the journeys")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The window of a reader of English on a laptop."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`make run` with the demo world, in a folder of its own."""
    service = Service(tmp_path_factory.mktemp("journey") / "data", DEMO="true")
    try:
        service.wait_until_ready()
        yield service
    finally:
        service.end()


@pytest.fixture(scope="package")
def post(service: Service) -> Post:
    """The mails that arrived in the catcher of the service."""
    return Post(Path(service.data) / "mail")
