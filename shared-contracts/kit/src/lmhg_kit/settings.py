"""Settings: one frozen struct a process, read once from the environment.

A missing one stops the boot with its name and an example. An unknown environment is production.
"""

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from lmhg_kit.errors import SettingMissing

PREFIX = "LMHG_"
S = TypeVar("S", bound=msgspec.Struct)
Network = IPv4Network | IPv6Network


class Environment(StrEnum):
    """Where a process runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Setting(NamedTuple):
    """What a setting means, with an example that works."""

    meaning: str
    example: str


class Described(NamedTuple):
    """One setting as the reference lists it."""

    variable: str
    meaning: str
    example: str
    default: str | None


Networks = tuple[Network, ...]
Names = tuple[str, ...]
EnvironmentSetting = Annotated[
    Environment, Setting("development or production; anything else is production", "production")
]
SiteSetting = Annotated[str, Setting("site id, in every subject and ledger origin", "s1")]
DatabaseUrl = Annotated[
    str, Setting("database of this plane, as this process's role", "postgresql://role@host/lmhg")
]
Listen = Annotated[str, Setting("address to serve on", "127.0.0.1:8000")]
MetricsListen = Annotated[str, Setting("private address of health and metrics", "127.0.0.1:9000")]
Workers = Annotated[
    Literal["1", "2", "3", "4"],
    Setting(
        "processes that answer at the address together; worker n tells its health and metrics at the"
        " private port plus n",
        "2",
    ),
]
FeaturesOff = Annotated[Names, Setting("features that are off, by name", "look_back,packets")]
LogLevel = Annotated[str, Setting("least level that is logged", "info")]
LedgerSigningKey = Annotated[
    Path, Setting("Ed25519 private key of this plane's ledgers, PEM", "/etc/lmhg/ledger.pem")
]
FormerLedgerKeys = Annotated[
    Path | None,
    Setting("vkeys that signed this plane's ledgers before", "/etc/lmhg/ledger-former.vkeys"),
]


def load(struct: type[S], environ: Mapping[str, str]) -> S:
    """The settings of one process. Raises: SettingMissing for the first absent or malformed."""
    values: dict[str, Any] = {}
    for name, annotation, setting, required in _fields(struct):
        variable = PREFIX + name.upper()
        raw = environ.get(variable, "")
        if raw:
            values[name] = _parse(annotation, raw, variable=variable, example=setting.example)
        elif required:
            raise SettingMissing(variable, setting.example)
    return struct(**values)


def describe(struct: type[msgspec.Struct]) -> list[Described]:
    """Each setting of a process, for the reference and for `.env.example`."""
    rows: list[Described] = []
    defaults = {field.name: field.default for field in msgspec.structs.fields(struct)}
    for name, _, setting, required in _fields(struct):
        default = None if required else _shown(defaults[name])
        rows.append(Described(PREFIX + name.upper(), setting.meaning, setting.example, default))
    return rows


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return "" if value is None else str(value)


def _fields(struct: type[msgspec.Struct]) -> list[tuple[str, Any, Setting, bool]]:
    hints = get_type_hints(struct, include_extras=True)
    rows: list[tuple[str, Any, Setting, bool]] = []
    for field in msgspec.structs.fields(struct):
        annotation = hints[field.name]
        settings = [part for part in get_args(annotation)[1:] if isinstance(part, Setting)]
        if get_origin(annotation) is not Annotated or not settings:
            message = f"{struct.__name__}.{field.name} has no Setting"
            raise TypeError(message)
        rows.append((field.name, get_args(annotation)[0], settings[0], field.required))
    return rows


def _parse(annotation: object, raw: str, *, variable: str, example: str) -> object:
    if annotation is Environment:
        return Environment.DEVELOPMENT if raw == "development" else Environment.PRODUCTION
    try:
        if annotation in (Path, Path | None):
            return Path(raw)
        if annotation == Names:
            return tuple(part.strip() for part in raw.split(",") if part.strip())
        if annotation == Networks:
            return tuple(ip_network(part.strip()) for part in raw.split(",") if part.strip())
        return msgspec.convert(raw, annotation, strict=False)
    except (ValueError, msgspec.ValidationError):
        raise SettingMissing(variable, example) from None


def split_listen(listen: str) -> tuple[str, int]:
    """Host and port of an address setting."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)
