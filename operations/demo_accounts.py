"""The accounts of the demo world that have a password, one a role: plain data, for the runner, the loader and tests."""

from dataclasses import dataclass

PASSWORD = "one-town-one-product"  # noqa: S105 (printed on purpose; only the demo world has these accounts)


@dataclass(frozen=True)
class DemoAccount:
    """Someone to log in as. `start` is the page where this role begins."""

    role: str
    email: str
    start: str


ACCOUNTS = (
    DemoAccount("administrator", "admin@example.org", "/admin/"),
    DemoAccount("coordinator of the national office", "coordinator@example.org", "/desk/"),
    DemoAccount("coordinator of a county", "county@example.org", "/desk/"),
    DemoAccount("expert", "expert@example.org", "/reviews/"),
    DemoAccount("staff", "staff@example.org", "/day/"),
    DemoAccount("company", "company@example.com", "/company/"),
    DemoAccount("buyer", "buyer@example.net", "/buyer/"),
)
