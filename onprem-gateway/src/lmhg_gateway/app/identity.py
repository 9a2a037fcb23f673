"""The identity process: any browser may come here, and no table about clients is within reach."""

from collections.abc import Mapping

from lmhg_gateway.features.identity.pages import SIGN_IN
from lmhg_gateway.features.identity.repository import account_store
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_gateway.web.assembly import assemble_pages, edge_policy, statics
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.passwords import PasswordCheck
from lmhg_kit.http.serve import serve
from lmhg_kit.http.signin import SignIn
from lmhg_kit.logs import configure
from lmhg_kit.persistence import Database
from lmhg_kit.settings import load

PROMISE = "On-prem sign-in: no client information here"


def build(settings: IdentitySettings, db: Database) -> Edge:
    """The ASGI application of the identity process."""
    files = statics()
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
            features=(SIGN_IN,),
            pages=assemble_pages(
                (SIGN_IN,),
                title="LMHG sign-in",
                promise=PROMISE,
                timezone=settings.timezone,
                files=files,
            ),
            statics=files,
            on_stop=(db.close,),
            state={
                "database": db,
                "sign_in": SignIn(account_store(db), PasswordCheck()),
                "workspace_url": settings.workspace_url,
            },
        )
    )


def run(environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    settings = load(IdentitySettings, environ)
    configure(process="identity", level=settings.log_level)
    db = Database(settings.database_url)
    edge = build(settings, db)
    serve(
        edge,
        listen=settings.listen,
        metrics_listen=settings.metrics_listen,
        registry=edge.metrics.registry,
        ready=db.ready,
    )
    return 0
