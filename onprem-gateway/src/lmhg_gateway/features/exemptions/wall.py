"""The database's own say about the officers' work: holds, exemptions taken back, incidents, sweeps.

Installed with the wall after every migration, and covered by the same drift test. The worker's
role may change sealed columns alone, when it seals them under a newer key.
"""

from collections.abc import Iterable

from lmhg_gateway.features.holds.public import ONE_OFFICER
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.persistence.wall import Statement

_ONE_OFFICER = ", ".join(f"'{rule}'" for rule in ONE_OFFICER)


def _resealed(*sealed: str) -> str:
    """SQL: whether the worker changed nothing but these sealed columns."""
    names = ", ".join(f"'{name}_sealed'" for name in sealed)
    return (
        "(session_user = 'gw_worker'"
        f" and to_jsonb(new) - array[{names}] = to_jsonb(old) - array[{names}])"
    )


_IS_OFFICER = """exists (
            select 1 from identity.user_account u
            where u.id::text = {who} and u.active and 'compliance' = any(u.roles)
        )"""


def _is_officer(who: str) -> str:
    return _IS_OFFICER.format(who=who)


OFFICER_DECIDES = f"""
create or replace function relay_release.officer_decides() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    actor text := current_setting('app.actor', true);
begin
    if tg_op = 'INSERT' then
        if new.outcome <> 'waiting' or new.decided_by is not null or new.proposed_by is not null then
            raise exception 'hold_stands' using errcode = 'LM014';
        end if;
        new.digest := (
            select sha256(convert_to(o.body, 'UTF8')) from relay.outbox o
            where o.op = 'put' and o.kind = new.kind and o.record_id = new.record_id
                and o.version = new.version
            order by o.xid desc, o.seq desc limit 1
        );
        return new;
    end if;
    if {_resealed("reason", "second_reason")} then
        return new;
    end if;
    if old.outcome <> 'waiting'
        or (new.kind, new.record_id, new.version, new.rule, new.place, new.hits, new.digest,
            new.held_at)
           is distinct from (old.kind, old.record_id, old.version, old.rule, old.place, old.hits,
            old.digest, old.held_at)
        or not {_is_officer("actor")}
    then
        raise exception 'hold_stands' using errcode = 'LM014';
    end if;
    if new.outcome = 'waiting' then
        if new.decided_by is not null or new.proposed_by is distinct from actor
            or (old.proposed_by is not null and {_is_officer("old.proposed_by")}) then
            raise exception 'hold_stands' using errcode = 'LM014';
        end if;
        return new;
    end if;
    if new.decided_by is distinct from actor
        or (old.proposed_by is not null and (new.proposed_by, new.proposed_at, new.reason_sealed)
            is distinct from (old.proposed_by, old.proposed_at, old.reason_sealed)) then
        raise exception 'hold_stands' using errcode = 'LM014';
    end if;
    if new.outcome = 'cleared' and exists (
            select from jsonb_array_elements(
                new.hits || jsonb_build_object('rule', new.rule)) hit
            where coalesce(hit ->> 'rule', '') not in ({_ONE_OFFICER})) then
        if old.proposed_by is null or old.proposed_by = new.decided_by then
            raise exception 'two_officers' using errcode = 'LM019';
        end if;
        if not {_is_officer("old.proposed_by")} then
            raise exception 'asker_left' using errcode = 'LM022';
        end if;
    end if;
    if new.outcome = 'cleared' and old.proposed_by is not null
        and relay_release.are_linked(new.decided_by, old.proposed_by) then
        raise exception 'new_holder' using errcode = 'LM021';
    end if;
    return new;
end $$
"""  # noqa: S608 - constant rule names


def _counts() -> str:
    """SQL: how many records are out under an exemption."""
    return "\n            + ".join(
        f"(select count(*) from {each.table} r where r.exemption_id = new.id and r.hipaa_exempt)"  # noqa: S608 - constant table names
        for each in RELEASED.values()
    )


def _withdrawal_noted() -> str:
    """SQL: each withdrawal is recorded with how many records it takes back."""
    return f"""
create or replace function relay_release.withdrawal_noted() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if new.withdrawn_at is not null and old.withdrawn_at is null then
        insert into compliance.withdrawal (id, exemption_id, actor, at, records)
        values (gen_random_uuid(), new.id, new.withdrawn_by, now(),
            {_counts()});
    end if;
    return new;
end $$
"""  # noqa: S608 - constant table names


WITHDRAWAL_STANDS = f"""
create or replace function relay_release.withdrawal_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op = 'INSERT' then
        if pg_trigger_depth() < 2 then
            raise exception 'append_only' using errcode = 'LM001';
        end if;
        return new;
    end if;
    if {_resealed("reason")} then
        return new;
    end if;
    if old.reason_sealed is not null or new.actor is distinct from current_setting('app.actor', true)
        or to_jsonb(new) - 'reason_sealed' is distinct from to_jsonb(old) - 'reason_sealed' then
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    return new;
end $$
"""


def _is_not_kept() -> str:
    """SQL: whether the record to keep back is not here."""
    return " or ".join(
        f"(new.kind = '{kind}' and not exists"  # noqa: S608 - constant table names
        f" (select 1 from {RELEASED[kind].table} r where r.id = new.record_id))"
        for kind in sorted(RELEASED.keepable)
    )


def _names(kinds: Iterable[str]) -> str:
    return ", ".join(f"'{kind}'" for kind in sorted(kinds))


def _kept_back_stands() -> str:
    """SQL: who keeps a record back, and who lifts it, is two people."""
    return f"""
create or replace function relay_release.kept_back_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    actor text := current_setting('app.actor', true);
begin
    if tg_op = 'INSERT' then
        if new.kept_by is distinct from actor or new.lifted_at is not null
            or new.kind not in ({_names(RELEASED.keepable)}) or {_is_not_kept()} then
            raise exception 'kept_back_stands' using errcode = 'LM020';
        end if;
        return new;
    end if;
    if {_resealed("reason", "lifted_reason")} then
        return new;
    end if;
    if old.lifted_at is not null or new.lifted_at is null
        or (new.kind, new.record_id, new.subject_id, new.kept_by, new.kept_at, new.reason_sealed)
           is distinct from
           (old.kind, old.record_id, old.subject_id, old.kept_by, old.kept_at, old.reason_sealed)
        or new.lifted_by is distinct from actor then
        raise exception 'kept_back_stands' using errcode = 'LM020';
    end if;
    if new.lifted_by = old.kept_by then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if relay_release.are_linked(new.lifted_by, old.kept_by) then
        raise exception 'new_holder' using errcode = 'LM021';
    end if;
    return new;
end $$
"""


def _keeping(kind: str) -> str:
    same, first = "r.id = new.record_id", ""
    if kind == "calendar_block":
        same = f"({same} or r.appointment_id = new.subject_id)"
        first = "perform from practice.appointment a where a.id = new.subject_id for no key update;"
    return f"""
    if new.kind = '{kind}' and tg_op = 'INSERT' then
        {first}
        update practice.{kind} r set hipaa_exempt = false where {same} and r.hipaa_exempt;
    end if;
    if new.kind = '{kind}' and tg_op = 'UPDATE' and old.lifted_at is null
        and new.lifted_at is not null then
        update practice.{kind} r set hipaa_exempt = true
        where {same} and not r.hipaa_exempt and exists (
            select 1 from relay.exemption e
            where e.id = r.exemption_id and e.withdrawn_at is null
              and (e.expires_at is null or e.expires_at > now()));
    end if;"""  # noqa: S608 - constant table names


def _kept_back_acts() -> str:
    """SQL: what keeping back and lifting do to the record."""
    return f"""
create or replace function relay_release.kept_back_acts() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin{"".join(_keeping(kind) for kind in sorted(RELEASED.keepable))}
    return null;
end $$
"""


STAYS_BACK = """
create or replace function relay_release.stays_back() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if new.hipaa_exempt and tg_argv[0] = 'calendar_block' then
        -- Whoever keeps this appointment back waits for us, and then finds our row; or we for them.
        perform from practice.appointment a
            where a.id = (to_jsonb(new) ->> 'appointment_id')::uuid for share;
    end if;
    if new.hipaa_exempt and exists (
        select 1 from compliance.kept_back k
        where k.kind = tg_argv[0] and k.lifted_at is null and (k.record_id = new.id
            or k.subject_id = (to_jsonb(new) ->> 'appointment_id')::uuid)
    ) then
        new.hipaa_exempt := false;
    end if;
    return new;
end $$
"""

EVENT_STANDS = f"""
create or replace function relay_release.event_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op = 'UPDATE' then
        if {_resealed("said")} then
            return new;
        end if;
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    if new.actor is distinct from current_setting('app.actor', true) then
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    return new;
end $$
"""


def _trigger(table: str, name: str, when: str, function: str, argument: str = "") -> Statement:
    said = f"'{argument}'" if argument else ""
    sql = (
        f"create or replace trigger {name} {when} on {table}"
        f" for each row execute function relay_release.{function}({said})"
    )
    return Statement(f"{table}.{name}", sql)


_CHANGES = "before insert or update"


def statements() -> tuple[Statement, ...]:
    """This feature's part of the wall, for the kinds that are released here."""
    return (
        Statement("relay_release.officer_decides", OFFICER_DECIDES),
        Statement("relay_release.withdrawal_noted", _withdrawal_noted()),
        Statement("relay_release.withdrawal_stands", WITHDRAWAL_STANDS),
        Statement("relay_release.kept_back_stands", _kept_back_stands()),
        Statement("relay_release.kept_back_acts", _kept_back_acts()),
        Statement("relay_release.stays_back", STAYS_BACK),
        Statement("relay_release.event_stands", EVENT_STANDS),
        _trigger("compliance.held_record", "wall_officer", _CHANGES, "officer_decides"),
        _trigger("relay.exemption", "wall_noted", "before update", "withdrawal_noted"),
        _trigger("compliance.withdrawal", "wall_stands", _CHANGES, "withdrawal_stands"),
        _trigger("compliance.kept_back", "wall_stands", _CHANGES, "kept_back_stands"),
        _trigger("compliance.kept_back", "wall_acts", "after insert or update", "kept_back_acts"),
        *(
            _trigger(f"practice.{kind}", "wall_back", _CHANGES, "stays_back", kind)
            for kind in sorted(RELEASED.keepable)
        ),
        _trigger("compliance.incident_event", "wall_stands", _CHANGES, "event_stands"),
    )
