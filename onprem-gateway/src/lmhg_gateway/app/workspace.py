"""The workspace process: pages about clients, on approved networks only."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from lmhg_gateway.adapters.hydra import Hydra
from lmhg_gateway.adapters.object_store import store_of
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.access_log.public import Refusals
from lmhg_gateway.features.break_glass.public import ELEVATION
from lmhg_gateway.features.hydra.public import NAME as HYDRA
from lmhg_gateway.features.hydra.public import hydra_tokens
from lmhg_gateway.features.issuer.public import api_audience, api_tokens
from lmhg_gateway.features.oauth_clients.pages import AT_HYDRA
from lmhg_gateway.features.oauth_clients.public import hydra_loop
from lmhg_gateway.features.sessions.session_store import WORKSPACE, SessionStore
from lmhg_gateway.kernel.schema_revision import schema_of
from lmhg_gateway.kernel.settings import WorkspaceSettings, required
from lmhg_gateway.web.assembly import PROMISE, edge_policy
from lmhg_gateway.web.openapi import api_description
from lmhg_gateway.web.state import SETTINGS, SPOOL, STORE
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.access import BearerCheck
from lmhg_kit.http.app import AppParts, Span, build_app
from lmhg_kit.http.bell import waits_column
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.freshness import PeerFreshness
from lmhg_kit.http.kept import Keeper
from lmhg_kit.http.metrics import HttpMetrics
from lmhg_kit.http.serve import serve
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.session_limits import LIMITS_BY_ROLE, SessionLimits
from lmhg_kit.http.shell import Shell, pages_for, site_links
from lmhg_kit.http.statics import StaticFiles
from lmhg_kit.http.work import DATABASE
from lmhg_kit.logs import configure
from lmhg_kit.loops import Loops
from lmhg_kit.persistence import Database, Keyring, pool_of
from lmhg_kit.persistence.sealing import install, installed
from lmhg_kit.practice import PRACTICE, Practice
from lmhg_kit.settings import Environment, load
from lmhg_kit.ui.environment import STATIC
from lmhg_kit.ui.gallery import GALLERY

APP = "workspace"


def hydra_of(settings: WorkspaceSettings) -> Hydra | None:
    """The Hydra that issues tokens in Hydra mode. Raises: SettingMissing."""
    if settings.identity_provider != HYDRA:
        return None
    admin = required(settings.hydra_admin_url, "LMHG_HYDRA_ADMIN_URL", "http://127.0.0.1:4445")
    return Hydra(admin)


def _bearers(settings: WorkspaceSettings, db: Database, hydra: Hydra | None) -> BearerCheck:
    if hydra is not None:
        return hydra_tokens(db, hydra, audience=api_audience(settings.public_url))
    return api_tokens(
        db, issuer=settings.identity_url.rstrip("/"), workspace_url=settings.public_url
    )


class _Practice:
    """Seals with the practice's keyring, whichever key is current when it is asked."""

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """The sealed bytes."""
        return installed().seal(plain, place=place)

    def open(self, blob: bytes, *, place: str) -> bytes:
        """The bytes again. Raises: KeyUnknown, SealBroken."""
        return installed().open(blob, place=place)


def _sessions(db: Database, features: FeatureSet) -> SessionStore:
    """Sessions with break-glass and the bell's counts, in one statement."""
    waits = waits_column(features.bell, features.permissions)
    return SessionStore(db, WORKSPACE, waits=waits, elevation=ELEVATION)


def build(
    settings: WorkspaceSettings,
    db: Database,
    *,
    hydra: Hydra | None = None,
    during: tuple[Span, ...] = (),
    metrics: HttpMetrics | None = None,
) -> Edge:
    """The ASGI application of the workspace; with a Hydra, its tokens are the ones that count."""
    files = StaticFiles(STATIC)
    is_development = settings.environment is Environment.DEVELOPMENT
    every = (*FEATURES, replace(GALLERY, app=APP)) if is_development else FEATURES
    features = FeatureSet(every, app=APP, off=settings.features_off)
    limits = SessionLimits(
        idle=timedelta(minutes=settings.session_idle_min),
        absolute=timedelta(hours=settings.session_max_h),
        by_role=LIMITS_BY_ROLE,
    )
    return build_app(
        AppParts(
            name="workspace",
            policy=edge_policy(
                environment=settings.environment,
                public_url=settings.public_url,
                approved=settings.approved_networks,
                trusted=settings.trusted_proxies,
            ),
            features=features,
            sessions=Sessions(_sessions(db, features), limits=limits),
            bearers=_bearers(settings, db, hydra),
            audit_refusal=Refusals(db).audit,
            pages=pages_for(
                features,
                Shell(
                    title="LMHG workspace",
                    plane="onprem",
                    promise=PROMISE,
                    lock_path="/lock",
                    links=site_links(portal=settings.portal_url, identity=settings.identity_url),
                    freshness=PeerFreshness(db, peer="cloud", label="Portal"),
                ),
                timezone=settings.timezone,
                files=files,
            ),
            keeper=Keeper(_Practice()),
            statics=files,
            openapi=api_description(),
            on_stop=(db.close, *((hydra.close,) if hydra else ())),
            during=during,
            metrics=metrics,
            keeps=(
                AT_HYDRA.put(api_audience(settings.public_url) if hydra else None),
                DATABASE.put(db),
                PRACTICE.put(Practice(settings.timezone)),
                SETTINGS.put(settings),
                SPOOL.put(Spool(settings.spool_folder) if settings.spool_folder else None),
                STORE.put(store_of(settings)),
            ),
        )
    )


def run(environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    settings = load(WorkspaceSettings, environ)
    configure(process="workspace", level=settings.log_level)
    install(Keyring.from_file(settings.keyring_file))
    workers = int(settings.workers)
    db = Database(settings.database_url, pool_size=pool_of(workers))
    hydra, metrics = hydra_of(settings), HttpMetrics()
    audience = api_audience(settings.public_url)
    loops = [hydra_loop(db, hydra, audience=audience)] if hydra else []
    running = Loops(settings.database_url, loops, registry=metrics.registry)

    @asynccontextmanager
    async def beside() -> AsyncIterator[None]:
        async with running.running():
            yield

    edge = build(settings, db, hydra=hydra, during=(beside,) if hydra else (), metrics=metrics)
    serve(
        edge,
        listen=settings.listen,
        metrics_listen=settings.metrics_listen,
        registry=metrics.registry,
        ready=schema_of(settings.database_url).before(db.ready),
        workers=workers,
    )
    return 0
