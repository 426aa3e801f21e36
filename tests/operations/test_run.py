"""`make run`, as a person in a terminal meets it: the real runner with all its processes."""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from operations import run
from operations.demo_accounts import ACCOUNTS, PASSWORD
from operations.embedded import postgres, redis
from operations.embedded.process import ServerFailed
from tests.operations.running_service import Service, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
PARTS = {
    "PostgreSQL": "bin/postgres -D",
    "Redis": "redis-server",
    "mail catcher": "operations.mailcatcher",
    "web": "granian",
    "worker react": "-Q react",
    "worker send": "-Q send",
    "beat": "config beat",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service with embedded servers and an empty house."""
    service = Service(tmp_path_factory.mktemp("run") / "data")
    try:
        service.wait_until_ready()
        yield service
    finally:
        service.end()


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Service]:
    """A second checkout: its own folder and port, and the servers that it was told of."""
    given = {
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "REDIS_URL": re.sub(r"db=\d+", "db=5", os.environ["REDIS_URL"]),
        "CELERY_BROKER_URL": os.environ["CELERY_BROKER_URL"].replace("virtual_host=0", "virtual_host=6"),
        "EMAIL_URL": os.environ["EMAIL_URL"],
    }
    service = Service(tmp_path / "data", **given)
    yield service
    if service.process.poll() is None:
        service.end()


def is_well(service: Service) -> bool:
    return service.get("/health/ready")[0] == 200


def test_one_command_serves_the_house_and_says_where(service):
    end = service.said().splitlines()[-20:]

    assert service.get("/health/live") == (200, "ok\n")
    assert service.get("/dev/mail/")[0] == 200
    assert any(f"{service.site}/dev/mail/" in line for line in end)
    assert [part for part in PARTS.values() if service.child(part) is None] == []


def test_each_step_is_shown_with_its_seconds(service):
    steps = [
        line.split(" .")[0].strip() for line in service.said().splitlines() if line.endswith(" s") and " .." in line
    ]

    assert steps == ["PostgreSQL", "Redis", "mail catcher", "translations", "migrations", "web, workers, beat"]


def test_every_demo_account_is_named_in_the_last_lines_with_its_role(monkeypatch):
    for name in ("DATABASE_URL", "DEMO"):
        monkeypatch.delenv(name, raising=False)

    welcome = run.Run(Path("data"), 8000).welcome()

    assert [account for account in ACCOUNTS if f"{account.email} " not in welcome or account.role not in welcome] == []
    assert PASSWORD in welcome
    assert len(welcome.splitlines()) <= 20


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_process_comes_back_and_nothing_is_lost(service, part):
    wait_for(lambda: is_well(service), within=30)
    data = postgres.url(service.data / "pg")
    with psycopg.connect(data) as connection:
        connection.execute("INSERT INTO worker_heartbeat (name, at) VALUES (%s, now())", [f"before killing {part}"])
    ask(service, f"SET kept-{len(part)} yes")
    before = service.child(PARTS[part])

    os.kill(before, signal.SIGKILL)
    wait_for(lambda: service.child(PARTS[part]) not in (None, before), within=30)
    wait_for(lambda: is_well(service), within=30)
    if part.startswith("worker"):
        wait_for(lambda: heard_since(service, part, f"before killing {part}"), within=30)

    with psycopg.connect(data) as connection:
        kept = connection.execute("SELECT name FROM worker_heartbeat WHERE name LIKE 'before %'").fetchall()
    assert (f"before killing {part}",) in kept
    assert ask(service, f"GET kept-{len(part)}") == "$3\r\nyes\r\n"
    assert "was killed by signal 9; it starts again in" in service.said()


def heard_since(service: Service, part: str, mark: str) -> bool:
    """Whether the worker said that it lives after the mark was written."""
    with psycopg.connect(postgres.url(service.data / "pg")) as connection:
        heard = connection.execute(
            "SELECT a.at > b.at FROM worker_heartbeat a, worker_heartbeat b WHERE a.name = %s AND b.name = %s",
            [part, mark],
        ).fetchone()
    return heard == (True,)


def ask(service: Service, command: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(redis.socket_of(service.data / "redis")))
        connection.sendall(f"{command}\r\n".encode())
        return connection.recv(100).decode()


def test_no_old_web_process_answers_beside_the_new_one(service):
    wait_for(lambda: is_well(service), within=30)
    before = service.child("granian")
    old = {pid for pid, line in service.leftovers().items() if "granian" in line}

    os.kill(before, signal.SIGKILL)
    wait_for(lambda: service.child("granian") not in (None, before), within=30)
    wait_for(lambda: is_well(service), within=30)

    assert old & set(service.leftovers()) == set()


def test_the_mail_catcher_keeps_its_address_over_a_restart(service):
    wait_for(lambda: is_well(service), within=30)
    before = service.child("operations.mailcatcher")
    told = dict(line.split("=", 1) for line in (service.data / "environment").read_text().splitlines())

    os.kill(before, signal.SIGKILL)
    with smtplib.SMTP("127.0.0.1", int(told["EMAIL_URL"].rsplit(":", 1)[1]), timeout=10) as server:
        server.sendmail("fairs@example.org", ["lin@example.com"], b"Subject: over a restart\r\n\r\n")

    assert "over a restart" in service.get("/dev/mail/")[1]


def test_a_second_run_says_where_the_first_one_is_and_leaves_it_alone(service):
    second = Service(service.data.parent / "second", DATA_DIR=str(service.data))

    assert second.process.wait(20) == 1
    assert f"This checkout runs already: process {service.process.pid}, {service.site}/" in second.said()
    assert "Traceback" not in second.said()
    assert service.get("/health/live")[0] == 200
    assert (service.data / "environment").exists()


def test_the_files_with_secrets_are_for_our_eyes_only(service):
    modes = {name: (service.data / name).stat().st_mode & 0o777 for name in ("secret", "environment")}

    assert modes == {"secret": 0o600, "environment": 0o600}
    assert len((service.data / "secret").read_text()) >= 50


def test_the_end_leaves_no_process(beside):
    beside.wait_until_ready()
    started = set(beside.children())

    code = beside.end()

    assert (code, "Everything has ended." in beside.said()) == (0, True)
    assert len(started) == 4  # web, two workers, beat: the servers were given
    assert beside.leftovers() == {}
    assert not (beside.data / "environment").exists()


def test_an_end_in_the_midst_of_starting_leaves_no_process_either(tmp_path):
    service = Service(tmp_path / "data")
    wait_for(lambda: service.child(PARTS["Redis"]) is not None, within=30)

    code = service.end(signal.SIGTERM)

    assert (code, "Everything has ended." in service.said()) == (0, True)
    assert service.leftovers() == {}


LOSING = """
import os, signal, time
from operations import run
class Losing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
run.heed_signals()
try:
    Losing()
    time.sleep(20)
except run.Ending:
    run.ignore_signals()
    print("ended")
"""


def test_an_end_that_python_loses_is_heeded_all_the_same():
    ended = subprocess.run([sys.executable, "-c", LOSING], capture_output=True, text=True, check=False)

    assert "Exception ignored in" in ended.stderr
    assert ended.stdout == "ended\n"


def test_killing_the_runner_ends_all_and_the_next_start_is_clean(tmp_path):
    first = Service(tmp_path / "data")
    wait_for(lambda: first.child(PARTS["mail catcher"]) is not None, within=30)

    first.end(signal.SIGKILL)
    second = Service(tmp_path / "data", PORT=str(first.port))
    try:
        wait_for(lambda: second.child(PARTS["mail catcher"]) is not None, within=30)
        running = {pid for pid, line in first.leftovers().items() if "operations.run" not in line}
        assert running - set(second.children()) - grandchildren(second) == set()
    finally:
        second.end()
    assert "not done" not in second.said().split("mail catcher")[0]
    assert first.leftovers() == {}


def grandchildren(service: Service) -> set[int]:
    """PostgreSQL's own processes do not name the folder; those that do are children of ours."""
    return {pid for pid, line in service.leftovers().items() if "checkpointer" in line}


def test_a_busy_port_gets_a_sentence_with_a_free_one(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        service = Service(tmp_path / "data", PORT=str(port))
        code = service.process.wait(20)

    assert code == 1
    assert f"Port {port} is busy: another program listens on it. Use another: PORT=" in service.said()
    assert not (tmp_path / "data" / "pg").exists()


def test_a_broken_data_folder_gets_a_sentence(tmp_path):
    (tmp_path / "data" / "pg").mkdir(parents=True)
    service = Service(tmp_path / "data")

    assert service.process.wait(20) == 1
    assert "The data folder" in service.said()
    assert "Traceback" not in service.said()


def test_a_full_disk_gets_a_sentence(tmp_path):
    with pytest.raises(ServerFailed, match=r"Only [\d.]+ GB are free on the disk of .*Free some space"):
        run.check_disk(tmp_path, least=10**18)


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_no_port_gets_a_sentence(tmp_path, port):
    service = Service(tmp_path / "data", PORT=port)

    assert service.process.wait(20) == 1
    assert f"PORT={port} is no port. Use a number from 1 to 65535: PORT=8001 make run" in service.said()
