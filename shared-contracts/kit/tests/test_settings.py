"""Settings: a missing one stops the boot with its name; an unknown environment is production."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from lmhg_kit.errors import SettingMissing
from lmhg_kit.settings import Environment, EnvironmentSetting, Networks, Setting, describe, load

NONE: Networks = ()


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A process's settings."""

    environment: EnvironmentSetting = Environment.PRODUCTION
    port: Annotated[int, Setting("a port", "8000")]
    folder: Annotated[Path, Setting("a folder", "/srv")] = Path("/srv")
    inside: Annotated[Networks, Setting("networks", "10.8.0.0/24")] = NONE


@pytest.mark.parametrize("value", ["", "prod", "Development", "staging", "production"])
def test_unknown_environment_is_production(value: str) -> None:
    """Only the exact word opens the development doors."""
    found = load(Sample, {"LMHG_PORT": "1", "LMHG_ENVIRONMENT": value})
    assert found.environment is Environment.PRODUCTION
    assert (
        load(Sample, {"LMHG_PORT": "1", "LMHG_ENVIRONMENT": "development"}).environment
        is Environment.DEVELOPMENT
    )


@pytest.mark.parametrize("environ", [{}, {"LMHG_PORT": ""}, {"LMHG_PORT": "eighty"}])
def test_missing_or_malformed_setting_names_itself_with_an_example(environ: dict[str, str]) -> None:
    """The boot says what to set, and never what was set."""
    with pytest.raises(SettingMissing, match="LMHG_PORT, for example LMHG_PORT=8000"):
        load(Sample, environ)


def test_networks_and_paths_are_parsed() -> None:
    """Types come out as they are declared."""
    found = load(
        Sample, {"LMHG_PORT": "1", "LMHG_INSIDE": "10.8.0.0/24, ::1/128", "LMHG_FOLDER": "/x"}
    )
    assert found.inside == (ip_network("10.8.0.0/24"), ip_network("::1/128"))
    assert found.folder == Path("/x")
    with pytest.raises(SettingMissing):
        load(Sample, {"LMHG_PORT": "1", "LMHG_INSIDE": "10.8.0.1/24"})


def test_reference_lists_every_setting() -> None:
    """What is documented is what is read."""
    assert [row.variable for row in describe(Sample)] == [
        "LMHG_ENVIRONMENT",
        "LMHG_PORT",
        "LMHG_FOLDER",
        "LMHG_INSIDE",
    ]
