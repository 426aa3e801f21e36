"""Makes the pictures of the docs anew: `make screenshots`, then look at each before you commit it."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.operations.running_service import Service

FOLDER = Path(__file__).parent.parent.parent / "docs" / "screenshots"
COORDINATOR, COMPANY = "coordinator@example.org", "company@example.com"
PICTURES = {
    "home": ("", "/"),
    "fair": ("", "/fairs/otop-national-12/"),
    "floorplan": ("", "/fairs/otop-national-12/floorplan/"),
    "company": (COMPANY, "/company/"),
    "board": (COORDINATOR, "/desk/fresh-week/"),
    "applications": (COORDINATOR, "/desk/fresh-week/applications/"),
}


def sign_in(page: Page, site: str, email: str) -> None:
    """One click on the log-in page of the demo world."""
    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/")
    page.locator(f"button[name=account][value='{email}']").click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def main() -> None:
    """Start a service of our own, and take a picture of each page, as JPEG to keep the repository small."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        service = Service(Path(folder) / "data", DEMO="true")
        try:
            service.wait_until_ready()
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            page = browser.new_context(locale="zh-TW", viewport={"width": 1200, "height": 800}).new_page()
            for name, (person, path) in PICTURES.items():
                if person:
                    sign_in(page, service.site, person)
                page.goto(f"{service.site}{path}")
                page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=70)
        finally:
            service.end()


if __name__ == "__main__":
    main()
