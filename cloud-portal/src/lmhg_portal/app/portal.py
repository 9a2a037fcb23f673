"""The portal process: any browser, exempt records only."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.around import SHELL
from lmhg_kit.http.edge import Edge, EdgePolicy
from lmhg_kit.http.feature import Feature
from lmhg_kit.http.freshness import PeerFreshness
from lmhg_kit.http.openid import Client, Issuer
from lmhg_kit.http.origins import origin_of
from lmhg_kit.http.page import Pages, Shell
from lmhg_kit.http.serve import serve
from lmhg_kit.http.session import LIMITS_BY_ROLE, SessionLimits, Sessions
from lmhg_kit.http.statics import StaticFiles
from lmhg_kit.http.zones import Zones
from lmhg_kit.logs import configure
from lmhg_kit.persistence import Database
from lmhg_kit.settings import Environment, load
from lmhg_kit.ui.environment import STATIC, build_environment
from lmhg_kit.ui.gallery import GALLERY
from lmhg_portal.features.announcements.pages import FEATURE as ANNOUNCEMENTS
from lmhg_portal.features.calendar.pages import FEATURE as CALENDAR
from lmhg_portal.features.home.pages import FEATURE as HOME
from lmhg_portal.features.identity.pages import FEATURE as IDENTITY
from lmhg_portal.features.identity.repository import PortalSessions
from lmhg_portal.features.identity.service import RelyingParty
from lmhg_portal.features.log_gaps.pages import FEATURE as LOG_GAPS
from lmhg_portal.features.tickets.pages import FEATURE as TICKETS
from lmhg_portal.kernel.schema import schema_of
from lmhg_portal.kernel.settings import PortalSettings
from lmhg_portal.web.permissions import PERMISSIONS

PROMISE = "Cloud: never write client information here"
FEATURES: tuple[Feature, ...] = (SHELL, HOME, TICKETS, CALENDAR, ANNOUNCEMENTS, LOG_GAPS, IDENTITY)
"""The features of the portal: one line each."""


def build(settings: PortalSettings, db: Database) -> Edge:
    """The ASGI application of the portal."""
    files = StaticFiles(STATIC)
    is_development = settings.environment is Environment.DEVELOPMENT
    features = (*FEATURES, GALLERY) if is_development else FEATURES
    issuer = Issuer(_client(settings))
    limits = SessionLimits(
        idle=timedelta(minutes=settings.session_idle_min),
        absolute=timedelta(hours=settings.session_max_h),
        by_role=LIMITS_BY_ROLE,
    )
    return build_app(
        AppParts(
            name="portal",
            policy=EdgePolicy(
                zones=Zones(approved=None, trusted=settings.trusted_proxies),
                public_url=settings.public_url,
                production=settings.environment is Environment.PRODUCTION,
                form_origins=(origin_of(settings.issuer_url),),
            ),
            features=features,
            permissions=PERMISSIONS,
            sessions=Sessions(PortalSessions(db), limits=limits),
            pages=_pages(settings, db, files),
            statics=files,
            on_stop=(db.close, issuer.close),
            state={
                "database": db,
                "relying_party": RelyingParty(db, issuer, settings.public_url.rstrip("/")),
                "session_limits": limits,
                "timezone": settings.timezone,
            },
        )
    )


def _client(settings: PortalSettings) -> Client:
    return Client(
        issuer=settings.issuer_url.rstrip("/"),
        id=settings.client_id,
        secret=settings.client_secret_file.read_text().strip(),
    )


def _pages(settings: PortalSettings, db: Database, files: StaticFiles) -> Pages:
    folders: dict[Path, None] = {found.templates: None for found in FEATURES if found.templates}
    return Pages(
        env=build_environment(folders, timezone=settings.timezone, static_url=files.url),
        shell=Shell(
            title="LMHG portal",
            plane="cloud",
            promise=PROMISE,
            nav=[item for found in FEATURES for item in found.nav],
            ways=[item for found in FEATURES for item in found.ways],
            search=[each for found in FEATURES for each in found.search],
            notes=[each for found in FEATURES for each in found.notes],
            freshness=PeerFreshness(db, peer="onprem", label="Gateway"),
        ),
        notices={code: text for found in FEATURES for code, text in found.notices.items()},
    )


def run(environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    settings = load(PortalSettings, environ)
    configure(process="portal", level=settings.log_level)
    db = Database(settings.database_url)
    edge = build(settings, db)
    serve(
        edge,
        listen=settings.listen,
        metrics_listen=settings.metrics_listen,
        registry=edge.metrics.registry,
        ready=schema_of(settings.database_url).before(db.ready),
    )
    return 0
