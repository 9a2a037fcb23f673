"""The gateway's own part of the wall: two persons, no Part 2 release, no lost device forgotten by one person alone, one role list a person.

Installed with the generated triggers after every migration, and covered by the same drift test.
"""

from lmhg_kit.persistence.wall import Statement

TWO_PERSONS = """
create or replace function relay_release.two_persons() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if current_setting('app.actor', true) is distinct from new.approved_by or not exists (
        select 1 from compliance.exemption_request r
        where r.outcome = 'open' and r.kind = new.kind
          and r.record_id is not distinct from new.record_id
          and r.requested_by = new.requested_by and r.requested_by <> new.approved_by
    ) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    perform relay_release.check_second(new.approved_by, new.requested_by);
    return new;
end $$
"""

OWN_REQUEST = """
create or replace function relay_release.own_request() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op = 'INSERT' and (new.requested_by is distinct from current_setting('app.actor', true)
        or new.outcome <> 'open') then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if tg_op = 'UPDATE' and session_user = 'gw_worker'
        and to_jsonb(new) - array['reason_sealed', 'decision_sealed']
          = to_jsonb(old) - array['reason_sealed', 'decision_sealed'] then
        return new;
    end if;
    if tg_op = 'UPDATE' and ((new.requested_by, new.kind, new.record_id)
        is distinct from (old.requested_by, old.kind, old.record_id)
        or old.outcome <> 'open'
        or new.decided_by is distinct from current_setting('app.actor', true)) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    return new;
end $$
"""

NO_PART2 = """
create or replace function relay_release.no_part2() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    whose uuid;
    flagged boolean;
begin
    if not new.hipaa_exempt then
        return new;
    end if;
    select a.client_id into whose from practice.appointment a
        where a.id = new.appointment_id for share;
    select c.part2 into flagged from practice.client c where c.id = whose for share;
    if flagged is not false then
        raise exception 'part2' using errcode = 'LM013';
    end if;
    return new;
end $$
"""
"""Both rows stay locked until the block's transaction ends: anyone who flags the client, or gives the
appointment to another client, waits for it and then finds the block. A block of no appointment that
is here cannot be judged, and stays."""

PART2_FLAGGED = """
create or replace function relay_release.part2_flagged() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if old.part2 and not new.part2 then
        raise exception 'part2' using errcode = 'LM013';
    end if;
    if new.part2 and not old.part2 then
        delete from practice.calendar_block b using practice.appointment a
        where a.id = b.appointment_id and a.client_id = new.id;
    end if;
    return null;
end $$
"""

PART2_MOVED = """
create or replace function relay_release.part2_moved() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    flagged boolean;
begin
    select c.part2 into flagged from practice.client c where c.id = new.client_id for share;
    if flagged is not false then
        delete from practice.calendar_block b where b.appointment_id = new.id;
    end if;
    return null;
end $$
"""

DEVICE_TWO_PERSONS = """
create or replace function relay_release.device_two_persons() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op = 'INSERT' and (new.approved_by is not null
        or new.asked_by::text is distinct from current_setting('app.actor', true)) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if tg_op = 'UPDATE' and (old.approved_by is not null
        or (new.id, new.user_id, new.asked_by, new.asked_at)
           is distinct from (old.id, old.user_id, old.asked_by, old.asked_at)
        or new.approved_by::text is distinct from current_setting('app.actor', true)) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if tg_op = 'UPDATE' then
        perform relay_release.check_second(new.approved_by::text, new.asked_by::text);
    end if;
    return new;
end $$
"""

DEVICE_LOST = """
create or replace function relay_release.device_lost() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if new.approved_by is not null then
        delete from identity.totp where user_id = new.user_id;
        delete from identity.passkey where user_id = new.user_id;
        delete from identity.recovery_code where user_id = new.user_id;
        delete from identity.session where user_id = new.user_id;
        delete from identity.known_browser where user_id = new.user_id;
    end if;
    return null;
end $$
"""


GLASS_STANDS = """
create or replace function relay_release.glass_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op = 'INSERT' then
        if new.user_id::text is distinct from current_setting('app.actor', true)
            or new.outcome <> 'open' or new.reviewed_by is not null or new.ended_at is not null
            or new.opened_at > now() + interval '1 minute'
        then
            raise exception 'glass_stands' using errcode = 'LM015';
        end if;
        -- One at a time: the person's row is held, so a second opening sees the first.
        perform 1 from identity.user_account u where u.id = new.user_id for no key update;
        if new.ends_at > now() and exists (
            select 1 from compliance.break_glass g
            where g.user_id = new.user_id and g.ended_at is null and g.ends_at > now())
        then
            raise exception 'glass_already_open' using errcode = 'LM030';
        end if;
        return new;
    end if;
    if (new.user_id, new.opened_at, new.ends_at) is distinct from
           (old.user_id, old.opened_at, old.ends_at)
        or (new.reason_sealed is distinct from old.reason_sealed and session_user <> 'gw_worker')
        or (old.ended_at is not null and new.ended_at is distinct from old.ended_at)
        or (old.reviewed_at is not null and (new.reviewed_at, new.reviewed_by, new.outcome)
            is distinct from (old.reviewed_at, old.reviewed_by, old.outcome))
        or ((new.outcome, new.reviewed_by) is distinct from (old.outcome, old.reviewed_by)
            and (new.reviewed_by::text is distinct from current_setting('app.actor', true)
                or not exists (
                    select 1 from identity.user_account u
                    where u.id = new.reviewed_by and u.active and 'compliance' = any(u.roles))))
    then
        raise exception 'glass_stands' using errcode = 'LM015';
    end if;
    if new.reviewed_by is distinct from old.reviewed_by
        and relay_release.are_linked(new.reviewed_by::text, new.user_id::text) then
        raise exception 'new_holder' using errcode = 'LM021';
    end if;
    return new;
end $$
"""

ROLES_FOLLOW = """
create or replace function relay_release.roles_follow() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    update practice.staff_profile p set roles = new.roles
    where p.id = new.id and p.roles is distinct from new.roles;
    return null;
end $$
"""


def _trigger(table: str, name: str, when: str, function: str) -> Statement:
    sql = (
        f"create or replace trigger {name} {when} on {table}"
        f" for each row execute function relay_release.{function}()"
    )
    return Statement(f"{table}.{name}", sql)


STATEMENTS = (
    Statement("relay_release.two_persons", TWO_PERSONS),
    Statement("relay_release.own_request", OWN_REQUEST),
    Statement("relay_release.no_part2", NO_PART2),
    Statement("relay_release.part2_flagged", PART2_FLAGGED),
    Statement("relay_release.part2_moved", PART2_MOVED),
    Statement("relay_release.glass_stands", GLASS_STANDS),
    Statement("relay_release.device_two_persons", DEVICE_TWO_PERSONS),
    Statement("relay_release.device_lost", DEVICE_LOST),
    Statement("relay_release.roles_follow", ROLES_FOLLOW),
    _trigger("relay.exemption", "wall_two_persons", "before insert", "two_persons"),
    _trigger(
        "compliance.exemption_request",
        "wall_own_request",
        "before insert or update",
        "own_request",
    ),
    _trigger("practice.calendar_block", "wall_no_part2", "before insert or update", "no_part2"),
    _trigger("practice.client", "wall_part2", "after update", "part2_flagged"),
    _trigger(
        "practice.appointment",
        "wall_part2",
        "after insert or update of client_id, id",
        "part2_moved",
    ),
    _trigger("compliance.break_glass", "wall_glass", "before insert or update", "glass_stands"),
    _trigger(
        "identity.device_reset",
        "wall_two_persons",
        "before insert or update",
        "device_two_persons",
    ),
    _trigger("identity.device_reset", "wall_lost", "after update", "device_lost"),
    _trigger("identity.user_account", "wall_roles", "after update of roles", "roles_follow"),
)
