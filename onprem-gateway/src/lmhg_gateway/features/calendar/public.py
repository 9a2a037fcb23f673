"""What other features may ask of the calendar."""

from lmhg_gateway.features.calendar.service import TakenTime, block_of, free_block, show_block

__all__ = ["TakenTime", "block_of", "free_block", "show_block"]
