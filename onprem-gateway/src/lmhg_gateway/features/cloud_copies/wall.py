"""What keeping back and lifting do to a record, for the kinds that can be kept back; the rest is in wall.sql."""

from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.persistence.statement import Statement

_HEAD = "language plpgsql security definer set search_path = pg_catalog, pg_temp as $$"
_SAME = "r.id = record"
_SAME_VISIT = f"({_SAME} or r.appointment_id = subject)"


def _can_keep() -> str:
    tests = "\n        or ".join(
        f"(wanted = '{kind}' and exists (select 1 from {RELEASED[kind].table} r where {_SAME}))"  # noqa: S608 - constant table names
        for kind in sorted(RELEASED.keepable)
    )
    return (
        "create or replace function relay_release.can_keep_back(wanted text, record uuid)"
        f" returns boolean\n{_HEAD}\nbegin\n    return coalesce({tests}, false);\nend $$"
    )


def _act(name: str, *, is_exempt: bool) -> str:
    parts: list[str] = []
    for kind in sorted(RELEASED.keepable):
        same, first = _SAME, ""
        if kind == "calendar_block":
            same = _SAME_VISIT
            first = "perform from practice.appointment a where a.id = subject for no key update;"
        still = (
            " and exists (select 1 from relay.exemption e where e.id = r.exemption_id"
            " and e.withdrawn_at is null and (e.expires_at is null or e.expires_at > now()))"
        )
        parts.append(
            f"    if wanted = '{kind}' then\n        {first if not is_exempt else ''}\n"  # noqa: S608 - constant table names
            f"        update {RELEASED[kind].table} r set hipaa_exempt = {str(is_exempt).lower()}\n"
            f"        where {same} and {'not ' if is_exempt else ''}r.hipaa_exempt"
            f"{still if is_exempt else ''};\n    end if;"
        )
    body = "\n".join(parts)
    return (
        f"create or replace function relay_release.{name}(wanted text, record uuid, subject uuid)"
        f" returns void\n{_HEAD}\nbegin\n{body}\nend $$"
    )


def statements() -> tuple[Statement, ...]:
    """The functions, and the trigger on each table that can be kept back."""
    return (
        Statement("relay_release.can_keep_back", _can_keep()),
        Statement("relay_release.keep_back", _act("keep_back", is_exempt=False)),
        Statement("relay_release.share_again", _act("share_again", is_exempt=True)),
        *(
            Statement(
                f"{RELEASED[kind].table}.wall_back",
                "create or replace trigger wall_back before insert or update on"
                f" {RELEASED[kind].table}"
                f" for each row execute function relay_release.stays_back('{kind}')",
            )
            for kind in sorted(RELEASED.keepable)
        ),
    )
