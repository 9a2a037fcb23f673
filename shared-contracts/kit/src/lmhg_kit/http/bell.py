"""What waits for a person: counted with each request, stored nowhere, so always true.

The counts come with the session, in the statement that finds it: each store puts `waits` among its
columns, and a count is made only for whose roles have its permission.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, String, case, cast, literal_column, null
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, array

from lmhg_kit.feature import Asked, BellCount, BellEntry
from lmhg_kit.http.access import gate_of
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import AnyRequest, actor_of

ROLES: ColumnElement[Sequence[str]] = literal_column("who.roles", ARRAY(String))
_DIALECT = postgresql.dialect()


def waits_column(entries: Sequence[BellEntry], permissions: Mapping[str, frozenset[str]]) -> str:
    """SQL of one column: the counts in this order, null where the person lacks the permission.

    The statement around it has who asks as `who`, with `user_id` and `roles`.
    """
    counts = [
        case(
            (
                ROLES.op("&&")(_roles(permissions.get(each.permission, frozenset()))),
                each.count.scalar_subquery(),
            ),
            else_=null(),
        )
        for each in entries
    ]
    return str(array(counts).compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def _roles(names: frozenset[str]) -> ColumnElement[Sequence[str]]:
    return cast(array(sorted(names), type_=String), ARRAY(String))


def asked_by(request: AnyRequest, text: str = "") -> Asked:
    """The person of this request, as providers see them."""
    gate, session = gate_of(request), visit_of(request).session
    roles = session.roles if session else frozenset[str]()
    person = actor_of(request).id
    return Asked(person_id=person, may=lambda permission: gate.allows(roles, permission), text=text)


def bell_counts(entries: Sequence[BellEntry], waits: Sequence[int | None]) -> list[BellCount]:
    """What waits, of what was counted; an entry whose permission is missing is silent."""
    return [
        BellCount(label=each.label, count=count, href=each.href, tone=each.tone)
        for each, count in zip(entries, waits, strict=False)
        if count
    ]
