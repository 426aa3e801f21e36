"""The containers run what `make run` proves, and hold no secret. No engine is at hand, so the files are read."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations import settings_page
from operations.run import Run

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "worker", "sender", "beat", "migrate")


def words(command: str | list[str]) -> set[str]:
    return set(command.split() if isinstance(command, str) else command)


@pytest.mark.parametrize("name", ["SECRET_KEY", "SITE_DOMAIN", "POSTGRES_PASSWORD", "APP_DATABASE_PASSWORD"])
def test_a_start_without_a_secret_is_refused_with_a_sentence(name):
    assert f"${{{name}:?is missing. Put " in TEXT
    assert re.search(rf"^{name}=$", EXAMPLE, re.MULTILINE)


def test_every_name_that_the_containers_take_is_explained_in_the_example():
    taken = set(re.findall(r"\$\{(\w+)", TEXT))
    explained = re.findall(r"^(?:# .*\n)+((?:\w+=.*\n)+)", EXAMPLE, re.MULTILINE)

    assert {line.split("=")[0] for block in explained for line in block.split()} == taken


def test_the_containers_are_told_only_what_the_settings_read():
    known = {setting.name for setting in settings_page.read(settings_page.SETTINGS.read_text("utf-8"))}

    for name in OURS:
        assert set(SERVICES[name]["environment"]) - known <= {"APP_DATABASE_PASSWORD"}, name


def test_workers_and_beat_run_as_they_do_in_make_run(tmp_path):
    runner = {child.name: set(child.command) for child in Run(tmp_path, 8000)._workers()}
    here = {name: words(SERVICES[name]["command"]) for name in ("worker", "sender", "beat")}

    assert here["worker"] <= runner["Worker (react)"] | {"celery"}
    assert here["sender"] <= runner["Worker (send)"] | {"celery"}
    assert here["beat"] - {"celery", "/tmp/beat"} <= runner["Beat"]
    assert {"react", "send"} == {queue for name in here for queue in ("react", "send") if queue in here[name]}


def test_nothing_that_is_scaled_has_a_port_or_a_name_of_its_own():
    for name in ("web", "worker", "sender"):
        assert not {"ports", "container_name", "hostname"} & set(SERVICES[name]), name


def test_only_the_proxy_and_the_catcher_are_reached_from_outside_and_the_latter_from_this_machine_alone():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"proxy": ["80:80", "443:443", "443:443/udp"], "mail": ["127.0.0.1:8025:8025"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name in ("database", "redis") if SERVICES[name]["networks"] == ["inside"]} == {"database", "redis"}


def test_the_service_can_write_nothing_but_its_files_and_gains_no_rights():
    for name in OURS:
        service = SERVICES[name]
        assert (service["read_only"], service["cap_drop"], service["security_opt"], service["volumes"]) == (
            True,
            ["ALL"],
            ["no-new-privileges:true"],
            ["files:/data"],
        )


def test_only_the_migrations_enter_the_database_as_its_owner():
    entered = {name: SERVICES[name]["environment"]["DATABASE_URL"].split(":")[1] for name in OURS}

    assert entered == {**dict.fromkeys(OURS, "//otop_app"), "migrate": "//otop"}


def test_the_database_of_the_containers_finds_chinese_as_the_embedded_one_does():
    arguments = SERVICES["database"]["environment"]["POSTGRES_INITDB_ARGS"].split()

    assert {"--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"} <= set(arguments)
    assert SERVICES["database"]["volumes"] == ["database:/var/lib/postgresql"]
    assert SERVICES["database"]["image"] == "postgres:18"


def test_the_image_holds_only_what_production_needs_and_does_not_run_as_root():
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    installed = re.findall(r"-r (\S+)", dockerfile)

    assert installed == ["requirements/base.txt"]
    assert "--require-hashes" in dockerfile
    assert dockerfile.split("FROM ")[-1].index("USER otop") < dockerfile.split("FROM ")[-1].index("CMD")
