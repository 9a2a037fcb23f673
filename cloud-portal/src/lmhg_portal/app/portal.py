"""The portal process: any browser, exempt records only."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.bell import waits_column
from lmhg_kit.http.description import api_description
from lmhg_kit.http.edge import Edge, EdgePolicy
from lmhg_kit.http.freshness import PeerFreshness
from lmhg_kit.http.kept import Keeper, sealer_of
from lmhg_kit.http.openid import Client, Issuer
from lmhg_kit.http.origins import origin_of
from lmhg_kit.http.serve import serve
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.session_limits import LIMITS_BY_ROLE, SessionLimits
from lmhg_kit.http.shell import Shell, pages_for, site_links
from lmhg_kit.http.statics import StaticFiles
from lmhg_kit.http.work import DATABASE
from lmhg_kit.http.zones import Zones
from lmhg_kit.logs import configure
from lmhg_kit.persistence import Database, pool_of
from lmhg_kit.practice import PRACTICE, Practice
from lmhg_kit.settings import Environment, load
from lmhg_kit.ui.environment import STATIC
from lmhg_kit.ui.gallery import GALLERY
from lmhg_portal.adapters.file_store import store_of
from lmhg_portal.feature_list import FEATURES
from lmhg_portal.features.identity.repository import PortalSessions
from lmhg_portal.features.identity.service import RELYING_PARTY, SESSION_LIMITS, RelyingParty
from lmhg_portal.kernel.schema_revision import schema_of
from lmhg_portal.kernel.settings import PortalSettings
from lmhg_portal.web.state import FILES

PROMISE = "No client info here"
APP = "portal"

WHO = (
    "A person's session cookie says who asks. A request that changes something also sends the session's"
    " token as X-CSRF-Token. Programs use the workspace instead."
)
"""How a request to the portal's API says who asks."""


def build(settings: PortalSettings, db: Database) -> Edge:
    """The ASGI application of the portal."""
    files = StaticFiles(STATIC)
    is_development = settings.environment is Environment.DEVELOPMENT
    every = (*FEATURES, replace(GALLERY, app=APP)) if is_development else FEATURES
    features = FeatureSet(every, app=APP, off=settings.features_off)
    client = _client(settings)
    issuer = Issuer(client)
    waits = waits_column(features.bell, features.permissions)
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
            sessions=Sessions(PortalSessions(db, waits=waits), limits=limits),
            pages=pages_for(
                features,
                _shell(settings, db),
                timezone=settings.timezone,
                files=files,
            ),
            keeper=Keeper(sealer_of(client.secret.encode())),
            statics=files,
            openapi=api_description("LMHG portal", who=WHO),
            on_stop=(db.close, issuer.close),
            keeps=(
                DATABASE.put(db),
                PRACTICE.put(Practice(settings.timezone)),
                RELYING_PARTY.put(RelyingParty(db, issuer, settings.public_url.rstrip("/"))),
                SESSION_LIMITS.put(limits),
                FILES.put(store_of(settings)),
            ),
        )
    )


def _shell(settings: PortalSettings, db: Database) -> Shell:
    return Shell(
        title="LMHG portal",
        plane="cloud",
        promise=PROMISE,
        links=site_links(workspace=settings.workspace_url, identity=settings.issuer_url),
        freshness=PeerFreshness(db, peer="onprem", label="Office"),
    )


def _client(settings: PortalSettings) -> Client:
    return Client(
        issuer=settings.issuer_url.rstrip("/"),
        id=settings.client_id,
        secret=settings.client_secret_file.read_text().strip(),
    )


def run(environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    settings = load(PortalSettings, environ)
    configure(process="portal", level=settings.log_level)
    workers = int(settings.workers)
    db = Database(settings.database_url, pool_size=pool_of(workers))
    edge = build(settings, db)
    serve(
        edge,
        listen=settings.listen,
        metrics_listen=settings.metrics_listen,
        registry=edge.metrics.registry,
        ready=schema_of(settings.database_url).before(db.ready),
        workers=workers,
    )
    return 0
