"""What the gateway's web processes are assembled with: templates, shell, zones."""

from collections.abc import Sequence
from pathlib import Path

from lmhg_kit.http.edge import EdgePolicy
from lmhg_kit.http.feature import Feature
from lmhg_kit.http.page import FreshnessProbe, Pages, Shell
from lmhg_kit.http.statics import StaticFiles
from lmhg_kit.http.zones import Network, Zones
from lmhg_kit.settings import Environment
from lmhg_kit.ui.environment import STATIC, build_environment

PROMISE = "On-prem: client information allowed"


def statics() -> StaticFiles:
    """The kit's own files."""
    return StaticFiles(STATIC)


def assemble_pages(
    features: Sequence[Feature],
    *,
    title: str,
    promise: str,
    timezone: str,
    files: StaticFiles,
    freshness: FreshnessProbe | None = None,
    has_search: bool = False,
) -> Pages:
    """The templates of these features in their shell, with what they add to search and bell."""
    folders: dict[Path, None] = {f.templates: None for f in features if f.templates}
    notices = {code: text for f in features for code, text in f.notices.items()}
    return Pages(
        env=build_environment(folders, timezone=timezone, static_url=files.url),
        shell=Shell(
            title=title,
            plane="onprem",
            promise=promise,
            nav=[item for f in features for item in f.nav],
            ways=[item for f in features for item in f.ways],
            search=[each for f in features for each in f.search] if has_search else None,
            notes=[each for f in features for each in f.notes] if has_search else None,
            freshness=freshness,
        ),
        notices=notices,
    )


def edge_policy(
    *,
    environment: Environment,
    public_url: str,
    approved: tuple[Network, ...] | None,
    trusted: tuple[Network, ...],
    form_origins: tuple[str, ...] = (),
) -> EdgePolicy:
    """The edge of one process."""
    return EdgePolicy(
        zones=Zones(approved=approved, trusted=trusted),
        public_url=public_url,
        production=environment is Environment.PRODUCTION,
        form_origins=form_origins,
    )
