"""Ways to subscribe to a feed: what each calendar wants to be given."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.utils.translation import get_language, gettext


@dataclass(frozen=True, slots=True)
class Way:
    """One button: its icon, its word and where it leads."""

    icon: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed as the subscribe block shows it."""

    address: str
    webcal: str
    ways: list[Way]


def subscription(path: str, *, name: str) -> Subscription:
    """The ways to subscribe to the feed at `path`, in the reader's language; `name` is what Outlook shows.

    Google takes a webcal address in `cid`, Outlook an https one in `url`; Apple and most others open webcal themselves.
    """
    if (get_language() or "").startswith("en"):
        path += ("&" if "?" in path else "?") + "lang=en"
    address = settings.SITE_URL + path
    webcal = "webcal://" + urlsplit(address).netloc + path
    outlook = urlencode({"url": address, "name": name}, quote_via=quote)
    return Subscription(
        address=address,
        webcal=webcal,
        ways=[
            Way("cal", "Apple", webcal),
            Way(
                "cal", "Google", "https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}, quote_via=quote)
            ),
            Way("cal", "Outlook", f"https://outlook.live.com/calendar/0/addfromweb?{outlook}"),
            Way("down", gettext("Download .ics"), path),
        ],
    )
