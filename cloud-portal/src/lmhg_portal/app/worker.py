"""The portal worker: redaction orders, and the access ledger of this plane."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, ProcessCollector

from lmhg_contracts.classification import Plane
from lmhg_contracts.ledger.checkpoint import origin
from lmhg_kit.http.metrics import private_app
from lmhg_kit.http.serve import serve
from lmhg_kit.logs import configure
from lmhg_kit.loops import Loop, Loops, worker_app
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.sequencer import Sequencer
from lmhg_kit.settings import load
from lmhg_kit.signing import former_ledger_keys, ledger_signer
from lmhg_portal.features.tickets.service import run_redactions
from lmhg_portal.kernel.schema_revision import schema_of
from lmhg_portal.kernel.settings import PortalWorkerSettings

POOL = 3


def run(environ: Mapping[str, str]) -> int:
    """Work until told to stop."""
    settings = load(PortalWorkerSettings, environ)
    configure(process="portal-worker", level=settings.log_level)
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    db = Database(settings.database_url, pool_size=POOL)
    sequencer = Sequencer(
        db,
        origin(settings.site, "cloud", "access"),
        ledger_signer(settings.ledger_signing_key_file, site=settings.site, plane=Plane.CLOUD),
        former_ledger_keys(settings.ledger_former_keys_file),
    )
    loops = Loops(
        settings.database_url,
        [
            Loop("redact", lambda: run_redactions(db), 2.0, ("replica_record",)),
            Loop("sequence_access", sequencer.step, 0.5),
        ],
        registry=registry,
    )

    async def works() -> bool:
        return loops.is_healthy and await db.ready()

    ready = schema_of(settings.database_url).before(works)

    app = worker_app(loops, db.close, private_app(registry, ready=ready))
    serve(app, listen=settings.metrics_listen, metrics_listen=None, registry=registry, ready=ready)
    return 0
