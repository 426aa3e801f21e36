"""Makes `.venv` with the pinned packages: `python3 -m operations.environment`, which every make target calls.

Runs on the bare Python of the machine, so it uses the standard library alone, and syntax that an old Python can read
before it is told that it is too old. Costs next to nothing when the lock has not changed.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "lock.sha256")
LOCK = os.path.join(ROOT, "requirements", "dev.txt")
INSTALLER = os.path.join(ROOT, "requirements", "uv.txt")


def main() -> None:
    """Make or mend the environment, unless it is as the lock says. Ends with a sentence if it cannot."""
    if sys.version_info < OLDEST:
        change_to_newer()
    wanted = fingerprint()
    if recorded() == wanted or os.path.islink(VENV):  # a link is somebody else's environment: used as it is
        return
    began = time.monotonic()
    if not os.path.exists(PYTHON):
        make()
    install()
    with open(STAMP, "w") as stamp:
        stamp.write(wanted)
    say(f"environment: ready after {time.monotonic() - began:.1f} s")


def change_to_newer() -> None:
    """Run again with the newest Python on the PATH that is new enough, or end with a sentence."""
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.chdir(ROOT)
            os.execv(newer, [newer, "-m", "operations.environment"])  # noqa: S606
    sys.exit(
        f"This needs Python 3.11 or newer, and {sys.executable} is Python {sys.version_info[0]}.{sys.version_info[1]}. "
        "Install a newer one, or name it: make PYTHON=python3.12"
    )


def make() -> None:
    """Make an empty environment with pip in it."""
    try:
        import ensurepip  # noqa: F401, PLC0415 (Debian leaves it out of its plain python3)
    except ImportError:
        sys.exit(
            "This Python cannot make an environment, for its module ensurepip is missing. "
            "On Debian or Ubuntu install it: apt-get install python3-venv"
        )
    say("environment: making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", VENV], f"The environment could not be made in {VENV}.")


def install() -> None:
    """Install exactly the packages of the lock, each checked by its hash: with uv, else with pip."""
    say("environment: installing the packages of requirements/dev.txt")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    if subprocess.call([*pip, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) != 0:  # noqa: S603
        run([PYTHON, "-m", "ensurepip", "--upgrade"], "pip could not be put into .venv.")
    uv = os.path.join(VENV, "bin", "uv")
    if subprocess.call([*pip, "install", "--require-hashes", "-r", INSTALLER]) == 0:  # noqa: S603
        sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, LOCK]
        if subprocess.call(sync, env=dict(os.environ, UV_LINK_MODE=link_mode())) == 0:  # noqa: S603
            return
        say("environment: uv could not install them; trying pip, which takes a minute or two")
    run(
        [*pip, "install", "--require-hashes", "-r", LOCK],
        "The packages could not be installed. Is a package index within reach? pip's own settings are used.",
    )


def link_mode() -> str:
    """How uv brings in files: shared with its cache, but copied where the cache is on another disk."""
    try:
        cache = os.environ.get("UV_CACHE_DIR") or os.path.expanduser("~/.cache")
        return "hardlink" if os.stat(cache).st_dev == os.stat(VENV).st_dev else "copy"
    except OSError:
        return "copy"


def fingerprint() -> str:
    """What the environment has to be made from: the lock, and this version of Python."""
    digest = hashlib.sha256(f"{sys.version_info[0]}.{sys.version_info[1]}".encode())
    for path in (LOCK, INSTALLER):
        with open(path, "rb") as lock:
            digest.update(lock.read())
    return digest.hexdigest()


def recorded() -> str:
    """What the environment was made from, or nothing if it is not whole."""
    if not os.path.exists(PYTHON) or not glob.glob(os.path.join(VENV, "bin", "pytest")):
        return ""
    try:
        with open(STAMP) as stamp:
            return stamp.read()
    except OSError:
        return ""


def run(command: "list[str]", sentence: str) -> None:  # quoted, for an old Python must read it
    """Run a command, or end with the sentence."""
    if subprocess.call(command) != 0:  # noqa: S603
        sys.exit(sentence)


def say(line: str) -> None:
    """Print a line of progress at once, also into a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
