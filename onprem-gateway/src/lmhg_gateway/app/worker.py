"""The worker process: no listener but the private one, and every background act of the gateway."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, ProcessCollector

from lmhg_contracts.classification import Plane
from lmhg_contracts.ledger.checkpoint import origin
from lmhg_gateway.adapters.mail import Mailer
from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.kernel.process import Worker
from lmhg_gateway.kernel.schema_revision import schema_of
from lmhg_gateway.kernel.settings import WorkerSettings
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.metrics import private_app
from lmhg_kit.http.serve import serve
from lmhg_kit.logs import configure
from lmhg_kit.loops import Loop, Loops, worker_app
from lmhg_kit.persistence import Actor, Database, Keyring
from lmhg_kit.persistence.reseal import Resealer
from lmhg_kit.persistence.sealing import install
from lmhg_kit.persistence.sequencer import Sequencer
from lmhg_kit.settings import load
from lmhg_kit.signing import former_ledger_keys, ledger_signer

POOL = 6


def run(environ: Mapping[str, str]) -> int:
    """Work until told to stop."""
    settings = load(WorkerSettings, environ)
    configure(process="worker", level=settings.log_level)
    install(Keyring.from_file(settings.keyring_file))
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    db = Database(settings.database_url, pool_size=POOL)
    mailer = Mailer(settings.smtp_url, settings.mail_from)
    worker = Worker(
        settings=settings,
        features=FeatureSet(FEATURES, off=settings.features_off),
        db=db,
        registry=registry,
        send=mailer.send if settings.smtp_url else None,
        on_stop=[db.close],
    )
    loops = Loops(settings.database_url, loops_of(worker), registry=registry)

    async def works() -> bool:
        return loops.is_healthy and await db.ready()

    async def close() -> None:
        for end in reversed(worker.on_stop):
            await end()

    ready = schema_of(settings.database_url).before(works)
    app = worker_app(loops, close, private_app(registry, ready=ready))
    serve(app, listen=settings.metrics_listen, metrics_listen=None, registry=registry, ready=ready)
    return 0


def loops_of(worker: Worker) -> list[Loop]:
    """What the plane itself needs done, and the loops of every feature."""
    settings = worker.settings
    sequencer = Sequencer(
        worker.db,
        origin(settings.site, "onprem", "access"),
        ledger_signer(settings.ledger_signing_key_file, site=settings.site, plane=Plane.ONPREM),
        former_ledger_keys(settings.ledger_former_keys_file),
    )
    return [
        Loop("sequence_access", sequencer.step, 0.5),
        Loop("reseal", Resealer(worker.db, Actor("process: worker")).step, 300.0),
        *worker.features.loops("worker", worker),
    ]
