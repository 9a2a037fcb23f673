"""Who may do what: every permission of both planes with its roles, and where it is declared."""

from collections.abc import Iterator, Sequence

from lmhg_gateway.feature_list import FEATURES as GATEWAY
from lmhg_kit.feature import Feature
from lmhg_portal.feature_list import FEATURES as PORTAL

PLANES = (
    ("Workspace and sign-in", "onprem-gateway/src/lmhg_gateway/features", GATEWAY),
    ("Portal", "cloud-portal/src/lmhg_portal/features", PORTAL),
)


def reference() -> str:
    """docs/reference/permissions.md."""
    head = (
        "# Permissions\n\n"
        "A permission is declared by its feature, with the roles that have it; a person with none"
        " of them is refused. A scope is what a program asks for. Roles: `lmhg_contracts/roles.py`."
    )
    return "\n".join([head, *(line for each in PLANES for line in _plane(*each))])


def _plane(title: str, folder: str, features: Sequence[Feature]) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield "| permission | roles | scope | declared in |"
    yield "| --- | --- | --- | --- |"
    for feature in features:
        for each in feature.permissions:
            roles = ", ".join(f"`{role}`" for role in sorted(each.roles))
            scope = f"`{each.scope}`" if each.scope else ""
            place = f"../../{folder}/{feature.name}/__init__.py"
            yield f"| `{each.name}` | {roles} | {scope} | [{feature.name}]({place}) |"
