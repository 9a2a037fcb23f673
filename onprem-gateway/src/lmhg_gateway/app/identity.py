"""The identity process: any browser may come here, and no table about clients is within reach."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from lmhg_gateway.adapters.backchannel import Backchannel
from lmhg_gateway.adapters.mail import Mailer
from lmhg_gateway.features.identity.door import STATE_KEY, Door
from lmhg_gateway.features.identity.enrol_pages import ENROLMENT
from lmhg_gateway.features.identity.factor_pages import SECOND_FACTOR
from lmhg_gateway.features.identity.letter_pages import LETTERS
from lmhg_gateway.features.identity.letters import BELL, Letters
from lmhg_gateway.features.identity.pages import SIGN_IN
from lmhg_gateway.features.identity.security_pages import MY_SECURITY
from lmhg_gateway.features.issuer.pages import ISSUER
from lmhg_gateway.features.issuer.public import Issuer, api_audience, issuer_loops
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_gateway.web.assembly import assemble_pages, edge_policy, statics
from lmhg_gateway.web.stages import IDENTITY_PERMISSIONS
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.http.app import AppParts, Span, build_app
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.feature import Feature
from lmhg_kit.http.metrics import HttpMetrics
from lmhg_kit.http.serve import serve
from lmhg_kit.logs import configure
from lmhg_kit.loops import Loop, Loops
from lmhg_kit.persistence import Database, Keyring
from lmhg_kit.persistence.sealing import install, installed
from lmhg_kit.settings import load

PROMISE = "On-prem sign-in: no client information here"
LETTERS_EVERY_S = 10.0

FEATURES: tuple[Feature, ...] = (SIGN_IN, SECOND_FACTOR, ENROLMENT, LETTERS, MY_SECURITY, ISSUER)
"""The features of the identity process: one line."""


def build(
    settings: IdentitySettings,
    db: Database,
    *,
    clock: Clock = utc_now,
    during: tuple[Span, ...] = (),
    metrics: HttpMetrics | None = None,
) -> Edge:
    """The ASGI application of the identity process."""
    files = statics()
    door = Door.build(
        db,
        keyring=installed(),
        public_url=settings.public_url,
        practice=settings.practice_name,
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
                form_origins=(settings.workspace_url.rstrip("/"),),
            ),
            features=FEATURES,
            permissions=IDENTITY_PERMISSIONS,
            sessions=door.sessions,
            pages=assemble_pages(
                FEATURES,
                title="LMHG sign-in",
                promise=PROMISE,
                timezone=settings.timezone,
                files=files,
            ),
            statics=files,
            on_stop=(db.close,),
            during=during,
            metrics=metrics,
            state={
                "database": db,
                STATE_KEY: door,
                "issuer": issuer_of(settings, clock=clock),
                "workspace_url": settings.workspace_url,
            },
        )
    )


def issuer_of(settings: IdentitySettings, *, clock: Clock = utc_now) -> Issuer:
    """The issuer at this process's address."""
    audience = api_audience(settings.workspace_url)
    return Issuer(settings.public_url.rstrip("/"), audience, clock)


def letters_of(settings: IdentitySettings, db: Database, *, clock: Clock = utc_now) -> Letters:
    """What mails invitations, resets and word of changes."""
    mailer = Mailer(settings.smtp_url, settings.mail_from)
    return Letters(db, mailer.send, settings.public_url, settings.practice_name, clock)


def run(environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    settings = load(IdentitySettings, environ)
    configure(process="identity", level=settings.log_level)
    install(Keyring.from_file(settings.identity_keyring_file))
    db = Database(settings.database_url)
    metrics, post = HttpMetrics(), Backchannel()
    edges: list[Edge] = []

    def allow_forms(origins: tuple[str, ...]) -> None:
        edges[0].allow_forms(origins)

    loops = [
        Loop("letters", letters_of(settings, db).step, LETTERS_EVERY_S, (BELL,)),
        *issuer_loops(db, issuer_of(settings), post=post.post, allow_forms=allow_forms),
    ]
    running = Loops(settings.database_url, loops, registry=metrics.registry)

    @asynccontextmanager
    async def beside() -> AsyncIterator[None]:
        async with running.running():
            yield
        await post.close()

    edges.append(build(settings, db, during=(beside,), metrics=metrics))
    serve(
        edges[0],
        listen=settings.listen,
        metrics_listen=settings.metrics_listen,
        registry=metrics.registry,
        ready=db.ready,
    )
    return 0
