"""What an operator does with held deliveries: have them tried again, or set them aside."""

import argparse

from lmhg_gateway.features.deliveries.public import set_held_aside, try_held_again
from lmhg_kit.persistence import Actor, Database

OPERATOR = Actor("operator")


async def act_on_intake(db: Database, arguments: argparse.Namespace) -> str:
    """Do it for every held delivery, or for those with one code; a sentence with their number."""
    codes = [arguments.code] if arguments.code else []
    async with db.uow(OPERATOR, f"held deliveries: {arguments.action}") as tx:
        if arguments.action == "retry":
            return f"{await try_held_again(tx, codes=codes)} will be tried again"
        return f"{await set_held_aside(tx, codes=codes)} set aside; their bodies are kept"
