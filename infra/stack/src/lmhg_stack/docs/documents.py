"""The list of generated documents."""

from collections.abc import Iterator

from lmhg_gateway.features.referrals import rules as referral_rules
from lmhg_stack.docs import (
    bell,
    commands,
    components,
    contracts,
    database,
    drawing,
    errors,
    found,
    permissions,
    routes,
    settings,
    stackschema,
)
from lmhg_stack.docs.written import Document
from lmhg_stack.repository import ROOT

HELPS = (("lmhg-verify",), ("lmhg-verify", "statement"))
"""Commands whose `--help` is in the README, each after a mark of its own."""
HELP_ENDS = "<!-- end -->"


def documents() -> Iterator[Document]:
    """Every generated document."""
    yield Document(".env.example", settings.env_example())
    yield Document("docs/reference/settings.md", settings.reference())
    yield Document("docs/reference/commands.md", commands.reference())
    yield Document("docs/reference/errors.md", errors.reference())
    yield Document("docs/compliance/found-and-mended.md", found.reference())
    yield Document("docs/reference/database.md", database.dictionary())
    yield Document("docs/reference/routes.md", routes.reference())
    yield Document("docs/reference/permissions.md", permissions.reference())
    yield Document("docs/reference/bell.md", bell.reference())
    yield Document("docs/reference/referral-states.md", referral_rules.reference())
    yield Document("docs/reference/kinds.md", contracts.kinds_page())
    for path, text in contracts.schemas().items():
        yield Document(path, text)
    yield Document("docs/reference/relay.asyncapi.json", contracts.asyncapi())
    yield Document("docs/reference/identity.openapi.json", routes.identity_api())
    for path, text in routes.described():
        yield Document(path, text)
    yield Document("docs/reference/stack.schema.json", stackschema.reference())
    yield Document("docs/reference/components.md", components.reference())
    for path, text in components.goldens().items():
        yield Document(path, text)
    yield Document("docs/pictures/planes-light.svg", drawing.drawing(drawing.LIGHT))
    yield Document("docs/pictures/planes-dark.svg", drawing.drawing(drawing.DARK))
    yield Document("README.md", readme())


def readme() -> str:
    """The README with the verifier's present `--help` in its places."""
    text = (ROOT / "README.md").read_text()
    for command in HELPS:
        begins = f"<!-- {' '.join(command)} --help -->"
        before, _, rest = text.partition(begins)
        _, end, after = rest.partition(HELP_ENDS)
        if end:
            shown = commands.help_text(*command)
            text = f"{before}{begins}\n```\n{shown}\n```\n{end}{after}"
    return text
