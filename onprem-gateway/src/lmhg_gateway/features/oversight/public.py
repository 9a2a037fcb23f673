"""What other features may ask of oversight: that a sweep is put on record."""

from lmhg_gateway.features.oversight.sweeps import Looked, record_sweep

__all__ = [
    "Looked",
    "record_sweep",
]
