"""The supervisor: who died starts again, ever later, and who keeps dying ends the run."""

import sys
import time
from pathlib import Path

import pytest

from operations.embedded.process import Child, ServerFailed
from operations.supervisor import Supervisor
from tests.operations.running_service import wait_for


def child(tmp_path: Path, code: str, *, name: str = "Worker", grace: float = 5) -> Child:
    return Child(
        name=name, command=[sys.executable, "-c", code], log=tmp_path / f"{name}.log", ready=lambda: True, grace=grace
    )


def test_a_child_that_keeps_dying_ends_the_run_with_its_last_words(tmp_path):
    said: list[str] = []
    supervisor, dying = Supervisor(said.append), child(tmp_path, "raise SystemExit('no such queue')")
    supervisor.start(dying)

    with pytest.raises(
        ServerFailed, match=r"Worker died 5 times within 30 s, so this run ends\.\n(  \| .*\n)*"
    ) as failed:
        supervisor.watch()

    assert "  | no such queue\n" in str(failed.value)
    assert f"The whole log: {tmp_path / 'Worker.log'}" in str(failed.value)
    assert said == [f"Worker ended with 1; it starts again in {pause} s" for pause in ("0.2", "0.4", "0.8", "1.6")]


def test_deaths_that_lie_far_apart_do_not_end_the_run(tmp_path):
    said: list[str] = []
    supervisor, dying = Supervisor(said.append), child(tmp_path, "raise SystemExit(3)")
    supervisor.start(dying)

    for death in range(6):
        assert dying.process is not None
        dying.process.wait(10)
        supervisor.look(now=death * 31.0)  # seconds, as the supervisor's clock would say
        supervisor.look(now=death * 31.0 + 0.3)

    assert said == ["Worker ended with 3; it starts again in 0.2 s"] * 6
    supervisor.stop()


def test_what_a_dead_child_left_behind_is_killed_before_it_starts_again(tmp_path):
    heir = tmp_path / "heir"
    code = (
        "import subprocess, sys, pathlib, time\n"
        "left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(heir)!r}).write_text(str(left.pid))\n"
        "sys.exit(1)"
    )
    supervisor, dying = Supervisor(lambda line: None), child(tmp_path, code)
    supervisor.start(dying)
    assert dying.process is not None
    dying.process.wait(10)
    left = Path(f"/proc/{heir.read_text()}/cmdline")
    assert b"sleep" in left.read_bytes()

    supervisor.look(now=0)

    wait_for(lambda: not left.exists() or left.read_bytes() == b"", within=5)
    supervisor.stop()


def test_all_end_stage_by_stage_the_last_first(tmp_path):
    log = tmp_path / "ends"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    time.sleep(0.1)\n"
        f"    open({str(log)!r}, 'a').write(sys.argv[1] + ' ')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "open(sys.argv[2], 'w').close()\n"
        "time.sleep(60)"
    )
    supervisor = Supervisor(lambda line: None)
    children = {}
    for stage in (["database"], ["web", "worker"]):
        for name in stage:
            children[name] = child(tmp_path, code, name=name)
            children[name].command = [sys.executable, "-c", code, name, str(tmp_path / f"{name}.up")]
        supervisor.start(*(children[name] for name in stage))
    wait_for(lambda: all((tmp_path / f"{name}.up").exists() for name in children), within=10)

    supervisor.stop()

    ended = log.read_text().split()
    assert (sorted(ended[:2]), ended[2:]) == (["web", "worker"], ["database"])
    assert {name: each.exit_code() for name, each in children.items()} == dict.fromkeys(children)


def test_a_child_that_does_not_want_to_end_is_killed(tmp_path):
    code = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(tmp_path / 'up')!r}, 'w').close()\n"
        "time.sleep(60)"
    )
    stubborn = child(tmp_path, code, grace=0.2)
    stubborn.start()
    wait_for((tmp_path / "up").exists, within=10)
    process, began = stubborn.process, time.monotonic()

    stubborn.stop()

    assert process is not None
    assert process.returncode == -9
    assert time.monotonic() - began < 5


def test_a_server_that_dies_while_it_starts_is_told_with_its_last_words(tmp_path):
    dying = child(tmp_path, "raise SystemExit('the disk is full')")
    dying.ready = lambda: False
    dying.start()

    with pytest.raises(ServerFailed, match="Worker ended with 1 while it started") as failed:
        dying.wait()

    assert "  | the disk is full\n" in str(failed.value)


def test_a_server_that_never_gets_ready_is_ended(tmp_path):
    idle = child(tmp_path, "import time; time.sleep(60)")
    idle.ready, idle.patience = (lambda: False), 0.1
    idle.start()

    with pytest.raises(ServerFailed, match="Worker was not ready after 0 s"):
        idle.wait()

    assert idle.process is None


def test_a_long_log_is_set_aside_when_its_server_starts(tmp_path, monkeypatch):
    monkeypatch.setattr("operations.embedded.process.LOG_LIMIT", 10)
    (tmp_path / "Worker.log").write_text("a long story of yesterday\n")
    once = child(tmp_path, "print('today')")

    once.start()
    once.stop()

    assert (tmp_path / "Worker.log.old").read_text() == "a long story of yesterday\n"
    assert "yesterday" not in (tmp_path / "Worker.log").read_text()
