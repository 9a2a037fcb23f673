"""What other features may ask of looking back: what the morning page has to say about it."""

from lmhg_gateway.features.look_back.morning_page import PATH, red_lines

__all__ = [
    "PATH",
    "red_lines",
]
