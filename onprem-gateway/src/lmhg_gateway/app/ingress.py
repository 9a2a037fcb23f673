"""The ingress process: receives webhooks, and can read none of them back."""

from collections.abc import Mapping

from lmhg_gateway.adapters.delivery_store import DeliveryStore
from lmhg_gateway.features.deliveries.endpoint import WebhookEndpoint
from lmhg_gateway.kernel.schema_revision import schema_of
from lmhg_gateway.kernel.sealed_box import SealingBox
from lmhg_gateway.kernel.settings import IngressSettings
from lmhg_kit.http.edge import Edge, EdgePolicy
from lmhg_kit.http.metrics import HttpMetrics
from lmhg_kit.http.serve import serve
from lmhg_kit.http.zones import Zones
from lmhg_kit.logs import configure
from lmhg_kit.settings import Environment, load


def build(settings: IngressSettings, store: DeliveryStore, metrics: HttpMetrics) -> Edge:
    """The ASGI application of the ingress."""
    endpoint = WebhookEndpoint(
        store,
        SealingBox.from_file(settings.ingress_public_key_file),
        secret=settings.ingress_path_secret,
        max_body_bytes=settings.ingress_max_body_bytes,
    )
    policy = EdgePolicy(
        zones=Zones(approved=settings.ingress_sources, trusted=settings.trusted_proxies),
        public_url=settings.public_url,
        production=settings.environment is Environment.PRODUCTION,
    )
    return Edge(endpoint, policy=policy, metrics=metrics)


def run(environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    settings = load(IngressSettings, environ)
    configure(process="ingress", level=settings.log_level)
    store = DeliveryStore(settings.database_url)
    metrics = HttpMetrics()
    serve(
        build(settings, store, metrics),
        listen=settings.listen,
        metrics_listen=settings.metrics_listen,
        registry=metrics.registry,
        ready=schema_of(settings.database_url).before(store.ready),
    )
    return 0
