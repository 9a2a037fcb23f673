"""What an operator does about the issuer from a shell: register a first-party client, rotate keys."""

import argparse
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from lmhg_gateway.adapters.hydra import Hydra
from lmhg_gateway.features.issuer.public import key_lines, rotate_keys
from lmhg_gateway.features.oauth_clients.forms import NewClientForm
from lmhg_gateway.features.oauth_clients.public import ClientKind, put_client
from lmhg_gateway.features.tokens.public import trust_hydra
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import Actor, Database

OPERATOR = Actor("operator")


async def act_on_clients(db: Database, arguments: argparse.Namespace) -> None:
    """Register a client, or say whether Hydra is believed about programs. Raises: Conflict, Invalid."""
    if arguments.action == "put":
        await put_one_client(db, arguments)
        return
    async with db.uow(OPERATOR, "hydra by operator") as tx:
        await trust_hydra(tx, is_on=not arguments.end)


async def put_one_client(db: Database, arguments: argparse.Namespace) -> None:
    """Register a client or bring it up to date. Raises: Conflict, Invalid."""
    file = arguments.secret_file
    secret = Path(file).read_text().strip() if file else None  # noqa: ASYNC240 - a command's own process
    form = NewClientForm(
        client_id=arguments.id,
        kind=ClientKind(arguments.kind),
        name=arguments.name,
        redirect_uris="\n".join(arguments.redirect_uri),
        post_logout_uris="\n".join(arguments.post_logout_uri),
        backchannel_uri=arguments.backchannel_uri,
    )
    address = arguments.hydra_admin_url
    async with AsyncExitStack() as opened:
        hydra = Hydra(address) if address else None
        if hydra:
            opened.push_async_callback(hydra.close)
        async with db.uow(OPERATOR, "client by operator") as tx:
            await put_client(
                tx,
                form,
                secret=secret,
                first_party=arguments.first_party,
                by=OPERATOR.id,
                at=utc_now(),
                hydra=hydra,
            )


async def act_on_keys(db: Database, arguments: argparse.Namespace) -> None:
    """Rotate the signing keys, or list them; either way say how they stand. Raises: HydraRefused."""
    if arguments.action == "rotate" and arguments.hydra_admin_url:
        hydra = Hydra(arguments.hydra_admin_url)
        try:
            await hydra.rotate_keys()
        finally:
            await hydra.close()
    async with db.uow(OPERATOR, "keys by operator") as tx:
        if arguments.action == "rotate":
            await rotate_keys(tx, at=utc_now(), leaked=arguments.leaked)
        lines = await key_lines(tx, at=utc_now())
    sys.stdout.write("".join(f"{line}\n" for line in lines))
