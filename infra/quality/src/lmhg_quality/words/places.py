"""Where the texts of each application are: by folder, so that a new feature is read by itself."""

from collections.abc import Iterator
from pathlib import Path

from lmhg_gateway.feature_list import FEATURES as GATEWAY_FEATURES
from lmhg_kit.feature import Feature
from lmhg_portal.feature_list import FEATURES as PORTAL_FEATURES
from lmhg_quality.words import modules, scripts, templates
from lmhg_quality.words.saying import Saying, place
from lmhg_stack.repository import ROOT

GATEWAY = ROOT / "onprem-gateway/src/lmhg_gateway"
PORTAL = ROOT / "cloud-portal/src/lmhg_portal"
KIT = ROOT / "shared-contracts/kit/src/lmhg_kit"
UNREAD = frozenset(
    {
        "models.py",
        "repository.py",
        "api.py",
        "wall.py",
        "public.py",
        "endpoint.py",
        "discovery.py",
        "testing.py",
        "device.py",
    }
)
"""Files of a feature with nothing to read: tables, queries, names for others, what programs are told."""
TECHNICAL = frozenset({"issuer", "external", "hydra", "tokens", "oauth_clients", "network"})
"""Features whose pages are for whoever runs the machines: they may use the field's terms."""
KIT_READ = ("http", "ui", "wall_errors.py", "feature_set.py")


def applications() -> dict[str, list[Saying]]:
    """The texts of each application, and under "shared" those that every one has."""
    return {
        "workspace": [
            *_features(GATEWAY, GATEWAY_FEATURES, ("workspace", "")),
            *_folder(GATEWAY / "web"),
            *_app(GATEWAY / "app/workspace.py"),
        ],
        "identity": [
            *_features(GATEWAY, GATEWAY_FEATURES, ("identity",)),
            *_app(GATEWAY / "app/identity.py"),
        ],
        "portal": [
            *_features(PORTAL, PORTAL_FEATURES, ("portal", "")),
            *_app(PORTAL / "app/portal.py"),
        ],
        "shared": [each for name in KIT_READ for each in _folder(KIT / name)],
    }


def _features(home: Path, features: tuple[Feature, ...], apps: tuple[str, ...]) -> Iterator[Saying]:
    for name in sorted({each.name for each in features if each.app in apps}):
        folder = home / "features" / name
        if folder.is_dir():
            yield from _folder(folder, technical=name in TECHNICAL)


def _app(file: Path) -> Iterator[Saying]:
    yield from modules.sayings(file.read_text(), place(file, ROOT))


def _folder(folder: Path, *, technical: bool = False) -> Iterator[Saying]:
    """Everything in a folder (or one file) that somebody reads."""
    files = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    for file in files:
        name = place(file, ROOT)
        if file.suffix == ".html" and file.name != "golden.html" and "gallery" not in file.parts:
            yield from templates.sayings(file.read_text(), name, technical=technical)
        elif file.suffix == ".py" and file.name not in UNREAD:
            yield from modules.sayings(file.read_text(), name, technical=technical)
        elif file.suffix == ".js" and file.name != "htmx.js":
            yield from scripts.sayings(file.read_text(), name)
