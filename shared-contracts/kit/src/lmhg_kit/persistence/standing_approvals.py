"""Standing approvals: the ids that every installation shares."""

import uuid

_STANDING = uuid.UUID("6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670001")


def standing_id(kind: str) -> uuid.UUID:
    """The id of the standing approval of a kind: the same on every installation."""
    return uuid.uuid5(_STANDING, kind)


def seed_standing(kinds: tuple[str, ...], *, requested_by: str, approved_by: str) -> list[str]:
    """SQL that puts standing approvals on record, for kinds that exist only to cross."""
    return [
        "insert into relay.exemption (id, kind, record_id, requested_by, approved_by)"
        f" values ('{standing_id(kind)}', '{kind}', null, '{requested_by}', '{approved_by}')"
        " on conflict (id) do nothing"
        for kind in kinds
    ]
