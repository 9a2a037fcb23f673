"""What the process that has it run may take of statements."""

from lmhg_gateway.features.statements.service import Maker

__all__ = ["Maker"]
