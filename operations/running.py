"""Where the servers of a `make run` are, told in a file, so that `manage.py` in another terminal finds them."""

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOLD = (
    *("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_URL", "MAILDIR"),
    *("SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "DATA_DIR", "DEBUG", "DEMO"),
)


def publish(folder: Path, environment: Mapping[str, str]) -> None:
    """Tell, in `folder`, what a child of this run is told. Only we may read the file, for it holds the secret key."""
    lines = [f"{name}={environment[name]}\n" for name in TOLD if name in environment]
    write_private(folder / "environment", "".join(lines))


def withdraw(folder: Path) -> None:
    """The run has ended: its addresses lead nowhere now."""
    (folder / "environment").unlink(missing_ok=True)


def adopt(environment: MutableMapping[str, str]) -> None:
    """Take over what the run of this checkout (or of DATA_DIR) tells, unless we were told of a database ourselves."""
    told = Path(environment.get("DATA_DIR") or ROOT / ".data") / "environment"
    if "DATABASE_URL" in environment or not told.exists():
        return
    for line in told.read_text().splitlines():
        name, _equals, value = line.partition("=")
        environment.setdefault(name, value)


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, in one go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    new.replace(path)
