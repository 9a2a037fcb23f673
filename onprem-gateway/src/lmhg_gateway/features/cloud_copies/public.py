"""What other features may ask of what is in the cloud."""

from lmhg_gateway.features.cloud_copies.repository import (
    HOME_KINDS,
    local_fields,
    recall_of,
    recalls,
    recalls_of,
    record_of,
    records_of,
    sample_of,
    verdict_of,
)
from lmhg_gateway.features.cloud_copies.service import keep_here
from lmhg_gateway.features.cloud_copies.views import (
    CloudRow,
    RecallLine,
    Shipped,
    cloud_rows,
    recall_line,
    shipped,
)

__all__ = [
    "HOME_KINDS",
    "CloudRow",
    "RecallLine",
    "Shipped",
    "cloud_rows",
    "keep_here",
    "local_fields",
    "recall_line",
    "recall_of",
    "recalls",
    "recalls_of",
    "record_of",
    "records_of",
    "sample_of",
    "shipped",
    "verdict_of",
]
