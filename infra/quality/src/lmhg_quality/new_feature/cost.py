"""What a new feature touches outside its own folders, counted from a checkout's own status."""

from collections.abc import Iterable, Mapping

APPLICATIONS = ("onprem-gateway", "cloud-portal")
KIND, MIGRATION, GENERATED = "kind", "migration", "docs/reference/"
OUTSIDE_MAX = {**dict.fromkeys(APPLICATIONS, 2), KIND: 2, MIGRATION: 1}
"""The list of features and the test, each application; the kind's file with its example, and one migration."""


def outside(paths: Iterable[str], feature: str) -> Mapping[str, list[str]]:
    """Files outside the feature's folders by what they belong to; what `make docs` writes is left out."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        if f"/features/{feature}/" not in path and not path.startswith(GENERATED):
            found.setdefault(_part(path), []).append(path)
    return found


def _part(path: str) -> str:
    if "/kinds/" in path:
        return KIND
    return MIGRATION if "/migrations/" in path else path.split("/", maxsplit=1)[0]


def too_many(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Parts in which more is touched than a feature may cost; a part that it may not touch counts."""
    return {part: each for part, each in found.items() if len(each) > OUTSIDE_MAX.get(part, 0)}
