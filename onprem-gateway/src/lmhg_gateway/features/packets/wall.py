"""The database's own say about packets: signed whole, by an officer, and never changed again.

Installed with the wall after every migration, and covered by the same drift test. The worker's
role may change sealed comments alone, when it seals them under a newer key.
"""

from lmhg_kit.persistence.wall import Statement

PACKET_STANDS = """
create or replace function relay_release.packet_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    actor text := current_setting('app.actor', true);
begin
    if tg_op = 'INSERT' then
        if new.signed_at is not null then
            raise exception 'packet_stands' using errcode = 'LM018';
        end if;
        return new;
    end if;
    if tg_op = 'DELETE' or old.signed_at is not null
        or (new.id, new.first_day, new.last_day, new.zone, new.made_at, new.due_at)
           is distinct from
           (old.id, old.first_day, old.last_day, old.zone, old.made_at, old.due_at) then
        raise exception 'packet_stands' using errcode = 'LM018';
    end if;
    if new.signed_at is not null and (
        new.signed_by is distinct from actor
        or not exists (select 1 from identity.user_account u
            where u.id::text = actor and u.active and 'compliance' = any(u.roles))
        or not exists (select 1 from compliance.packet_line l where l.packet_id = new.id)
        or exists (select 1 from compliance.packet_line l
            where l.packet_id = new.id and l.verdict is null)
    ) then
        raise exception 'packet_stands' using errcode = 'LM018';
    end if;
    return new;
end $$
"""

LINE_STANDS = """
create or replace function relay_release.line_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    actor text := current_setting('app.actor', true);
begin
    if tg_op = 'UPDATE' and session_user = 'gw_worker'
        and to_jsonb(new) - 'comment_sealed' = to_jsonb(old) - 'comment_sealed' then
        return new;
    end if;
    if tg_op = 'DELETE' then
        raise exception 'packet_stands' using errcode = 'LM018';
    end if;
    perform 1 from compliance.packet p where p.id = new.packet_id and p.signed_at is null for share;
    if not found or (tg_op = 'INSERT' and new.verdict is not null)
        or (tg_op = 'UPDATE' and (
            (new.id, new.packet_id, new.position, new.code, new.facts)
                is distinct from (old.id, old.packet_id, old.position, old.code, old.facts)
            or new.judged_by is distinct from actor)) then
        raise exception 'packet_stands' using errcode = 'LM018';
    end if;
    return new;
end $$
"""


def _trigger(table: str, function: str) -> Statement:
    sql = (
        f"create or replace trigger wall_stands before insert or update or delete on {table}"
        f" for each row execute function relay_release.{function}()"
    )
    return Statement(f"{table}.wall_stands", sql)


STATEMENTS = (
    Statement("relay_release.packet_stands", PACKET_STANDS),
    Statement("relay_release.line_stands", LINE_STANDS),
    _trigger("compliance.packet", "packet_stands"),
    _trigger("compliance.packet_line", "line_stands"),
)
