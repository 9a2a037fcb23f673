"""What other parts of the workspace may ask of announcements."""

from lmhg_gateway.features.announcements.service import KIND, approve

__all__ = ["KIND", "approve"]
