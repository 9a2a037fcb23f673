"""The identity process: any browser may come here, and no table about clients is within reach."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from lmhg_gateway.adapters.backchannel import Backchannel
from lmhg_gateway.adapters.hydra import Hydra
from lmhg_gateway.adapters.kratos import Kratos
from lmhg_gateway.adapters.mail import Mailer
from lmhg_gateway.feature_list import FEATURES as EVERY
from lmhg_gateway.features.accounts.letters import BELL, Letters
from lmhg_gateway.features.accounts.repository import mark_forgotten, unforgotten
from lmhg_gateway.features.external.public import ExternalProvider
from lmhg_gateway.features.hydra.public import NAME as HYDRA
from lmhg_gateway.features.hydra.public import HydraProvider
from lmhg_gateway.features.issuer.pages import ISSUER
from lmhg_gateway.features.issuer.public import ISSUER_HERE, Issuer, api_audience, issuer_loops
from lmhg_gateway.features.sessions.endings import EVERY_S as ENDINGS_EVERY_S
from lmhg_gateway.features.sessions.endings import Endings
from lmhg_gateway.features.sessions.pages import SIGNED_OUT
from lmhg_gateway.features.sign_in.door import ACCOUNTS_ELSEWHERE, DOOR, WORKSPACE_URL, Door
from lmhg_gateway.features.sign_in.enrol_pages import ENROLMENT
from lmhg_gateway.features.sign_in.factor_pages import SECOND_FACTOR
from lmhg_gateway.features.sign_in.letter_pages import LETTERS
from lmhg_gateway.features.sign_in.pages import LEAVING, SIGN_IN
from lmhg_gateway.features.sign_in.security_pages import MY_SECURITY, MY_SESSIONS
from lmhg_gateway.kernel.schema_revision import schema_of
from lmhg_gateway.kernel.settings import IdentitySettings, required
from lmhg_gateway.web.assembly import edge_policy
from lmhg_gateway.web.providers import Embedded, IdentityProvider
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.feature import Feature
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.app import AppParts, Span, build_app
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.help import HELP
from lmhg_kit.http.metrics import HttpMetrics
from lmhg_kit.http.openid import Client
from lmhg_kit.http.origins import origin_of
from lmhg_kit.http.serve import serve
from lmhg_kit.http.session_limits import LIMITS_BY_ROLE, SessionLimits
from lmhg_kit.http.shell import Shell, pages_for, site_links
from lmhg_kit.http.statics import StaticFiles
from lmhg_kit.http.work import DATABASE
from lmhg_kit.logs import configure
from lmhg_kit.loops import Loop, Loops
from lmhg_kit.persistence import Database, Keyring, pool_of
from lmhg_kit.persistence.sealing import install, installed
from lmhg_kit.settings import load
from lmhg_kit.ui.environment import STATIC

PROMISE = "No client info here"
LETTERS_EVERY_S = 10.0

FEATURES: tuple[Feature, ...] = (
    SIGN_IN,
    SIGNED_OUT,
    SECOND_FACTOR,
    ENROLMENT,
    LETTERS,
    MY_SECURITY,
)
"""The features of the identity process; the provider adds its own."""
WITHOUT_ACCOUNTS: tuple[Feature, ...] = (LEAVING, MY_SESSIONS)
"""What is left of them when accounts are elsewhere: no password, no second factor, no letter."""
LEAVERS_EVERY_S = 2.0


def provider_of(settings: IdentitySettings) -> IdentityProvider:
    """Who issues tokens, as the settings say. Raises: SettingMissing."""
    if settings.identity_provider == "embedded":
        return Embedded((ISSUER,))
    if settings.identity_provider == "external":
        return _external(settings)
    admin = required(settings.hydra_admin_url, "LMHG_HYDRA_ADMIN_URL", "http://127.0.0.1:4445")
    public = required(settings.hydra_public_url, "LMHG_HYDRA_PUBLIC_URL", "https://oauth.test")
    kratos: Kratos | None = None
    if settings.kratos_public_url:
        address = required(
            settings.kratos_admin_url, "LMHG_KRATOS_ADMIN_URL", "http://127.0.0.1:4434"
        )
        kratos = Kratos(public_url=settings.kratos_public_url, admin_url=address)
    return HydraProvider(
        Hydra(admin), kratos=kratos, public_url=public, own_url=settings.public_url
    )


def _external(settings: IdentitySettings) -> ExternalProvider:
    secret = required(
        str(settings.external_client_secret_file or ""),
        "LMHG_EXTERNAL_CLIENT_SECRET_FILE",
        "/etc/lmhg/external.secret",
    )
    client = Client(
        issuer=required(
            settings.external_issuer_url,
            "LMHG_EXTERNAL_ISSUER_URL",
            "https://sso.example.test/realms/lmhg",
        ),
        id=required(settings.external_client_id, "LMHG_EXTERNAL_CLIENT_ID", "lmhg-identity"),
        secret=Path(secret).read_text().strip(),
    )
    return ExternalProvider(
        client,
        issuing=(ISSUER,),
        own_url=settings.public_url,
        claim=settings.external_roles_claim,
        roles=settings.external_roles,
    )


def build(
    settings: IdentitySettings,
    db: Database,
    *,
    clock: Clock = utc_now,
    during: tuple[Span, ...] = (),
    metrics: HttpMetrics | None = None,
    provider: IdentityProvider | None = None,
) -> Edge:
    """The ASGI application of the identity process."""
    files = StaticFiles(STATIC)
    provider = provider or provider_of(settings)
    own = WITHOUT_ACCOUNTS if provider.accounts_elsewhere else FEATURES
    features = FeatureSet((*own, *provider.features, HELP), app="identity")
    door = Door.build(
        db,
        keyring=installed(),
        public_url=settings.public_url,
        practice=settings.practice_name,
        remembers=timedelta(hours=settings.remember_step_hours),
        clock=clock,
    )
    return build_app(
        AppParts(
            name="identity",
            policy=edge_policy(
                environment=settings.environment,
                public_url=settings.public_url,
                approved=None,
                trusted=settings.trusted_proxies,
                form_origins=(origin_of(settings.workspace_url), *provider.form_origins),
            ),
            features=features,
            sessions=door.sessions,
            pages=pages_for(
                features,
                _shell(settings),
                timezone=settings.timezone,
                files=files,
                has_search=False,
            ),
            statics=files,
            on_stop=(db.close, provider.close),
            during=during,
            metrics=metrics,
            keeps=(
                *provider.keeps,
                ACCOUNTS_ELSEWHERE.put(provider.accounts_elsewhere),
                DATABASE.put(db),
                DOOR.put(door),
                ISSUER_HERE.put(issuer_of(settings, clock=clock)),
                WORKSPACE_URL.put(settings.workspace_url),
            ),
        )
    )


def _shell(settings: IdentitySettings) -> Shell:
    links = site_links(
        workspace=settings.workspace_url,
        portal=settings.portal_url,
        identity=settings.public_url,
    )
    return Shell(title="LMHG sign-in", plane="onprem", promise=PROMISE, links=links)


def issuer_of(settings: IdentitySettings, *, clock: Clock = utc_now) -> Issuer:
    """The issuer at this process's address."""
    audience = api_audience(settings.workspace_url)
    scopes = frozenset(FeatureSet(EVERY).scopes)
    return Issuer(settings.public_url.rstrip("/"), audience, clock, scopes)


def letters_of(settings: IdentitySettings, db: Database, *, clock: Clock = utc_now) -> Letters:
    """What mails invitations, resets and word of changes."""
    mailer = Mailer(settings.smtp_url, settings.mail_from)
    return Letters(db, mailer.send, settings.public_url, settings.practice_name, clock)


def leavers_of(db: Database, provider: IdentityProvider) -> Callable[[], Awaitable[int]]:
    """What tells the provider about colleagues who left, until it has heard it."""

    async def step() -> int:
        told = 0
        for user_id in await unforgotten(db):
            await provider.forget(user_id)
            await mark_forgotten(db, user_id)
            told += 1
        return told

    return step


def run(environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    settings = load(IdentitySettings, environ)
    configure(process="identity", level=settings.log_level)
    install(Keyring.from_file(settings.identity_keyring_file))
    workers = int(settings.workers)
    db = Database(settings.database_url, pool_size=pool_of(workers))
    metrics, post = HttpMetrics(), Backchannel(allowed=settings.outbound_networks)
    edges: list[Edge] = []
    provider = provider_of(settings)

    def allow_forms(origins: tuple[str, ...]) -> None:
        edges[0].allow_forms(origins)

    loops = [
        Loop("letters", letters_of(settings, db).step, LETTERS_EVERY_S, (BELL,)),
        *issuer_loops(db, issuer_of(settings), post=post.post, allow_forms=allow_forms),
    ]
    limits = SessionLimits(by_role=LIMITS_BY_ROLE)
    loops.append(Loop("endings", Endings(db, limits).step, ENDINGS_EVERY_S))
    if provider.name == HYDRA:
        loops.append(Loop("leavers", leavers_of(db, provider), LEAVERS_EVERY_S))
    running = Loops(settings.database_url, loops, registry=metrics.registry)

    @asynccontextmanager
    async def beside() -> AsyncIterator[None]:
        async with running.running():
            yield
        await post.close()

    edges.append(build(settings, db, during=(beside,), metrics=metrics, provider=provider))
    serve(
        edges[0],
        listen=settings.listen,
        metrics_listen=settings.metrics_listen,
        registry=metrics.registry,
        ready=schema_of(settings.database_url).before(db.ready),
        workers=workers,
    )
    return 0
