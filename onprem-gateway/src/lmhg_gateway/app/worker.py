"""The worker process: no listener but the private one, and every background act of the gateway."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, ProcessCollector

from lmhg_contracts.classification import Plane
from lmhg_contracts.ledger.checkpoint import origin
from lmhg_gateway.adapters.intakeq import IntakeQ
from lmhg_gateway.adapters.mail import Mailer
from lmhg_gateway.app.jobs import Schedule
from lmhg_gateway.features.access_log.service import Ties
from lmhg_gateway.features.break_glass.public import Notices
from lmhg_gateway.features.clients.reindexing import Reindexer
from lmhg_gateway.features.compliance.upkeep import Upkeep, open_ledger_incident
from lmhg_gateway.features.decisions.public import OfficerMail
from lmhg_gateway.features.deliveries.calls import Calls
from lmhg_gateway.features.deliveries.pull import Fetcher
from lmhg_gateway.features.deliveries.service import Deliveries
from lmhg_gateway.features.deliveries.status import StatusReport
from lmhg_gateway.features.ledger_review.guard import EVERY_S as GUARD_EVERY_S
from lmhg_gateway.features.ledger_review.guard import Guard
from lmhg_gateway.features.ledger_review.service import Checker, Indexer
from lmhg_gateway.features.look_back.service import LookBack
from lmhg_gateway.features.packets.public import LateLetters, PacketUpkeep
from lmhg_gateway.features.screening.service import Screener
from lmhg_gateway.features.statements.public import Maker
from lmhg_gateway.kernel.schema import schema_of
from lmhg_gateway.kernel.sealed_box import OpeningBox
from lmhg_gateway.kernel.settings import WorkerSettings
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
    api = IntakeQ(
        url=settings.intakeq_url, api_key=settings.intakeq_api_key_file.read_text().strip()
    )
    intake = _intake(settings, db, api, registry=registry)
    loops = Loops(
        settings.database_url,
        [*intake, *_loops(settings, db, registry=registry)],
        registry=registry,
    )

    async def works() -> bool:
        return loops.is_healthy and await db.ready()

    ready = schema_of(settings.database_url).before(works)

    async def close() -> None:
        await api.close()
        await db.close()

    app = worker_app(loops, close, private_app(registry, ready=ready))
    serve(app, listen=settings.metrics_listen, metrics_listen=None, registry=registry, ready=ready)
    return 0


def _intake(
    settings: WorkerSettings, db: Database, api: IntakeQ, *, registry: CollectorRegistry
) -> list[Loop]:
    """From stored deliveries to records, and how that is."""
    calls = Calls(
        db=db,
        per_minute=settings.intakeq_calls_per_minute,
        per_day=settings.intakeq_calls_per_day,
    )
    deliveries = Deliveries(
        box=OpeningBox.from_file(settings.ingress_private_key_file), fetcher=Fetcher(api, calls)
    )
    return [
        Loop("intake_limits", calls.note_limits, 60.0),
        Loop("sort_deliveries", deliveries.sort, 2.0, ("ingress_delivery",)),
        Loop("pull_deliveries", deliveries.pull, 1.0),
        Loop("intake_status", StatusReport(calls, registry).step, 60.0),
        Loop("tidy_deliveries", deliveries.tidy, 300.0),
    ]


def _loops(settings: WorkerSettings, db: Database, *, registry: CollectorRegistry) -> list[Loop]:
    upkeep = Upkeep(db)
    schedule = Schedule(settings.database_url, nightly=upkeep.request_match)
    screener = Screener(db)
    look_back = LookBack(db, settings.timezone, registry)
    sequencer = Sequencer(
        db,
        origin(settings.site, "onprem", "access"),
        ledger_signer(settings.ledger_signing_key_file, site=settings.site, plane=Plane.ONPREM),
        former_ledger_keys(settings.ledger_former_keys_file),
    )
    checker = Checker(
        db, settings.site, settings.peer_ledger_keys_file, on_unsound=open_ledger_incident
    )
    guard = Guard(db, settings.site, settings.peer_ledger_keys_file)
    maker = Maker(db, settings.site, settings.peer_ledger_keys_file)
    loops = [
        Loop("screen_waiting", screener.screen_waiting, 1.0, ("relay_outbox",)),
        Loop("screen_arrived", screener.screen_arrived, 2.0, ("replica_record",)),
        Loop("look_back", look_back.look, 1.0),
        Loop("look_back_nightly", look_back.prove, 60.0),
        Loop("look_back_gone", look_back.close_gone, 2.0, ("replica_record",)),
        Loop("look_back_prune", look_back.prune, 3600.0),
        Loop("schedule", schedule.run, 1.0, endless=True),
        Loop("sequence_access", sequencer.step, 0.5),
        Loop("expire_exemptions", upkeep.expire_exemptions, 30.0),
        Loop("release_again", upkeep.release_unscreened, 60.0),
        Loop("reindex_clients", Reindexer(db).step, 60.0),
        Loop("reseal", Resealer(db, Actor("process: worker")).step, 300.0),
        Loop("match_incidents", upkeep.open_match_incidents, 15.0),
        Loop("set_aside_incidents", upkeep.open_set_aside_incidents, 15.0),
        Loop("index_ledgers", Indexer(db, settings.timezone).step, 2.0),
        Loop("staff_ties", Ties(db).step, 30.0),
        Loop("check_ledgers", checker.step, 1.0),
        Loop("guard_ledgers", guard.step, GUARD_EVERY_S),
        Loop("restore_incidents", upkeep.open_restore_incidents, 15.0),
        Loop("portal_incident", upkeep.open_portal_incident, 15.0),
        Loop("statements", maker.step, 1.0),
        Loop("sweep_incidents", upkeep.open_sweep_incident, 300.0),
        Loop("note_head", upkeep.note_head, 3600.0),
        Loop(
            "weekly_packet",
            PacketUpkeep(db, settings.timezone, settings.practice_hours).make_due,
            600.0,
        ),
    ]
    mailer = Mailer(settings.smtp_url, settings.mail_from)
    if settings.smtp_url:
        letters = LateLetters(db, mailer.send, settings.timezone)
        loops.append(Loop("late_packets", letters.step, 300.0))
        officers = OfficerMail(db, mailer.send, also=settings.alerts_to)
        loops.append(Loop("officer_mail", officers.step, 2.0))
    if settings.alerts_to:
        notices = Notices(db, mailer.send, settings.alerts_to)
        loops.append(Loop("break_glass_notices", notices.step, 2.0))
    return loops
