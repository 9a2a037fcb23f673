"""The workspace process: pages about clients, on approved networks only."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from lmhg_gateway.adapters.hydra import Hydra
from lmhg_gateway.features.access_log.pages import ACCESS_LOG
from lmhg_gateway.features.access_log.public import Refusals
from lmhg_gateway.features.announcements.api import ANNOUNCEMENTS_API
from lmhg_gateway.features.announcements.pages import ANNOUNCEMENTS
from lmhg_gateway.features.announcements.public import KIND as ANNOUNCEMENT
from lmhg_gateway.features.announcements.public import approve as release_announcement
from lmhg_gateway.features.appointments.pages import APPOINTMENTS
from lmhg_gateway.features.break_glass.pages import BREAK_GLASS
from lmhg_gateway.features.break_glass.public import WithBreakGlass
from lmhg_gateway.features.clients.api import CLIENTS_API
from lmhg_gateway.features.clients.pages import CLIENTS
from lmhg_gateway.features.compliance.pages import COMPLIANCE
from lmhg_gateway.features.decisions.pages import DECISIONS
from lmhg_gateway.features.home.pages import HOME
from lmhg_gateway.features.hydra.public import NAME as HYDRA
from lmhg_gateway.features.hydra.public import hydra_tokens
from lmhg_gateway.features.identity.session_pages import SESSION
from lmhg_gateway.features.identity.session_store import WORKSPACE, SessionStore
from lmhg_gateway.features.issuer.public import api_audience, api_tokens
from lmhg_gateway.features.ledger_review.pages import LEDGER_REVIEW
from lmhg_gateway.features.look_back.pages import LOOK_BACK
from lmhg_gateway.features.network.pages import NETWORK
from lmhg_gateway.features.oauth_clients.pages import AT_HYDRA, OAUTH_CLIENTS
from lmhg_gateway.features.oauth_clients.public import hydra_loop
from lmhg_gateway.features.packets.pages import PACKETS
from lmhg_gateway.features.people.pages import PEOPLE
from lmhg_gateway.features.referrals.api import REFERRALS_API
from lmhg_gateway.features.referrals.pages import REFERRALS
from lmhg_gateway.features.screening.pages import SCREENING
from lmhg_gateway.features.statements.pages import STATEMENT
from lmhg_gateway.features.tickets.pages import KEPT_TEXTS
from lmhg_gateway.kernel.schema import schema_of
from lmhg_gateway.kernel.settings import WorkspaceSettings, required
from lmhg_gateway.web.assembly import PROMISE, assemble_pages, edge_policy, statics
from lmhg_gateway.web.openapi import api_description
from lmhg_gateway.web.permissions import PERMISSIONS
from lmhg_kit.http.access import BearerCheck
from lmhg_kit.http.app import AppParts, Span, build_app
from lmhg_kit.http.around import SHELL
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.feature import Feature
from lmhg_kit.http.freshness import PeerFreshness
from lmhg_kit.http.metrics import HttpMetrics
from lmhg_kit.http.serve import serve
from lmhg_kit.http.session import LIMITS_BY_ROLE, SessionLimits, Sessions
from lmhg_kit.logs import configure
from lmhg_kit.loops import Loops
from lmhg_kit.persistence import Database, Keyring
from lmhg_kit.persistence.sealing import install
from lmhg_kit.settings import Environment, load
from lmhg_kit.ui.gallery import GALLERY

FEATURES: tuple[Feature, ...] = (
    SESSION,
    SHELL,
    HOME,
    CLIENTS,
    REFERRALS,
    APPOINTMENTS,
    ANNOUNCEMENTS,
    COMPLIANCE,
    LEDGER_REVIEW,
    ACCESS_LOG,
    SCREENING,
    LOOK_BACK,
    PACKETS,
    STATEMENT,
    KEPT_TEXTS,
    PEOPLE,
    DECISIONS,
    BREAK_GLASS,
    NETWORK,
    OAUTH_CLIENTS,
    CLIENTS_API,
    REFERRALS_API,
    ANNOUNCEMENTS_API,
)
"""The features of the workspace: one line each."""


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


def build(
    settings: WorkspaceSettings,
    db: Database,
    *,
    hydra: Hydra | None = None,
    during: tuple[Span, ...] = (),
    metrics: HttpMetrics | None = None,
) -> Edge:
    """The ASGI application of the workspace; with a Hydra, its tokens are the ones that count."""
    files = statics()
    is_development = settings.environment is Environment.DEVELOPMENT
    features = (*FEATURES, GALLERY) if is_development else FEATURES
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
            permissions=PERMISSIONS,
            sessions=Sessions(WithBreakGlass(SessionStore(db, WORKSPACE), db), limits=limits),
            bearers=_bearers(settings, db, hydra),
            note_refusal=Refusals(db).note,
            pages=assemble_pages(
                features,
                title="LMHG workspace",
                promise=PROMISE,
                timezone=settings.timezone,
                files=files,
                freshness=PeerFreshness(db, peer="cloud", label="Portal"),
                has_search=True,
            ),
            statics=files,
            openapi=api_description(),
            on_stop=(db.close, *((hydra.close,) if hydra else ())),
            during=during,
            metrics=metrics,
            state={
                AT_HYDRA: api_audience(settings.public_url) if hydra else None,
                "database": db,
                "identity_url": settings.identity_url,
                "releases": {ANNOUNCEMENT: release_announcement},
                "settings": settings,
            },
        )
    )


def run(environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    settings = load(WorkspaceSettings, environ)
    configure(process="workspace", level=settings.log_level)
    install(Keyring.from_file(settings.keyring_file))
    db = Database(settings.database_url)
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
    )
    return 0
