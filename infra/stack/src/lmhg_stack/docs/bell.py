"""What each role sees in the bell: every entry of both planes, and where it is declared."""

from collections.abc import Iterator, Sequence

from lmhg_gateway.feature_list import FEATURES as GATEWAY
from lmhg_kit.feature import Feature
from lmhg_portal.feature_list import FEATURES as PORTAL

PLANES = (
    ("Workspace", "onprem-gateway/src/lmhg_gateway/features", GATEWAY),
    ("Portal", "cloud-portal/src/lmhg_portal/features", PORTAL),
)


def reference() -> str:
    """docs/reference/bell.md."""
    head = (
        "# The bell\n\n"
        "What waits for a person, counted with each request. An entry is seen by those who have its"
        " permission, and only while its count is above 0."
    )
    return "\n".join([head, *(line for each in PLANES for line in _plane(*each))])


def _plane(title: str, folder: str, features: Sequence[Feature]) -> Iterator[str]:
    roles = {each.name: each.roles for feature in features for each in feature.permissions}
    yield f"\n## {title}\n"
    yield "| entry | permission | roles | declared in |"
    yield "| --- | --- | --- | --- |"
    for feature in features:
        for each in feature.bell:
            seen_by = ", ".join(f"`{role}`" for role in sorted(roles[each.permission]))
            place = f"../../{folder}/{feature.name}/bell.py"
            yield f"| {each.label} | `{each.permission}` | {seen_by} | [{feature.name}]({place}) |"
