"""What other features may ask of requests of clients."""

from lmhg_gateway.features.records_requests.clock_rules import Kind
from lmhg_gateway.features.records_requests.repository import in_force

__all__ = ["Kind", "in_force"]
