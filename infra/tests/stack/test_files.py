"""The production files agree with the program: units, containers, broker, pins."""

import configparser
import re
from pathlib import Path

import pytest
import yaml
from alembic.config import Config
from alembic.script import ScriptDirectory

from lmhg_stack.bootstrap import ROLES
from lmhg_stack.docs import settings
from lmhg_stack.layout import Layout
from lmhg_stack.plan import Plan
from lmhg_stack.ports import private
from lmhg_stack.repository import INFRA, ROOT

UNITS = sorted((INFRA / "systemd").glob("lmhg-*.service"))
COMPOSE = sorted((INFRA / "compose").glob("*.yaml"))
PINS = sorted((ROOT / "requirements").glob("*.txt"))


def unit(file: Path) -> configparser.ConfigParser:
    """A systemd unit, read."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names keep their case
    parser.read(file)
    return parser


def test_every_process_has_a_unit(tmp_path: Path):
    """Each process of ours in the table runs under systemd with the same command line."""
    layout = Layout(tmp_path)
    layout.keys.create()
    table = Plan(layout, private()).table()
    ours = {
        " ".join((Path(p.command.argv[0]).name, *p.command.argv[1:]))
        for p in table
        if "/lmhg-" in p.command.argv[0]
    }
    commands = {unit(file)["Service"]["ExecStart"].removeprefix("/opt/lmhg/bin/") for file in UNITS}
    assert ours <= commands


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.stem)
def test_a_unit_runs_unprivileged(file: Path):
    """As a user of its own, with nothing to write and no capability."""
    service = unit(file)["Service"]
    assert service["User"].startswith("lmhg-")
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert not service["CapabilityBoundingSet"]


@pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.stem)
def test_compose_names_what_exists(file: Path):
    """Each network and secret a service uses is declared; ours drop every capability."""
    top = yaml.safe_load(file.read_text())
    for name, service in top["services"].items():
        assert set(service.get("networks", ())) <= set(top["networks"]), name
        assert set(service.get("secrets", ())) <= set(top["secrets"]), name
        if service["image"].startswith("lmhg-") and "migrate" not in name:
            assert service["cap_drop"] == ["ALL"]
            assert service["read_only"] is True


def test_the_bootstrap_and_the_stack_know_the_same_roles():
    """A role that only one of them knew would have no password or no rights."""
    text = (INFRA / "postgres" / "bootstrap.sql").read_text()
    for plane, roles in ROLES.items():
        named = re.search(rf"WHEN '{plane}' THEN ARRAY\[(.*?)\]", text)
        assert named
        assert set(re.findall(r"'(\w+)'", named[1])) | {"lmhg_migrator"} == set(roles)


@pytest.mark.parametrize("file", PINS, ids=lambda file: file.stem)
def test_pins_are_hashed_and_name_no_host(file: Path):
    """A practice installs from its own mirror."""
    text = file.read_text()
    pins = re.findall(r"^[a-z0-9][^\s=]*==", text, re.MULTILINE)
    assert pins
    assert text.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"https?://|--index|--find-links|file:", text)


def test_the_relay_settings_page_knows_every_setting_of_the_relay():
    """The relay reads its settings by short name; each name is in the reference."""
    source = (ROOT / "sync-relay/src/lmhg_relay/settings.py").read_text()
    read = set(re.findall(r"env\.(?:get|number|secret)\(\s*\"([A-Z0-9_]+)\"", source))
    assert read | {"PLANE", "METRICS_LISTEN"} == settings.relay_names()


@pytest.mark.parametrize("package", ["sync-relay", "onprem-gateway", "cloud-portal"])
def test_migrations_have_one_head(package: str):
    """Two heads would mean two histories."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / package / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_every_make_target_that_a_document_names_exists():
    """Nobody types a command that is not there."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        name
        for document in documents
        for name in re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(), re.MULTILINE)
    }
    assert named <= targets
