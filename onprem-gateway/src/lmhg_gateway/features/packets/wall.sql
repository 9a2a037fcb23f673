-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- A weekly packet is signed whole, by an officer, and never changed again.

create or replace function relay_release.packet_signed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    actor text := audit.actor();
begin
    if new.signed_at is not null and (
        new.signed_by is distinct from actor
        or not relay_release.is_officer(actor)
        or not exists (select 1 from compliance.packet_line l where l.packet_id = new.id)
        or exists (select 1 from compliance.packet_line l
            where l.packet_id = new.id and l.verdict is null)
    ) then
        raise exception 'packet_stands' using errcode = 'LM018';
    end if;
    return new;
end $$;

create or replace function relay_release.line_of_open_packet() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'UPDATE' and audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    perform 1 from compliance.packet p where p.id = new.packet_id and p.signed_at is null for share;
    if not found then
        raise exception 'packet_stands' using errcode = 'LM018';
    end if;
    return new;
end $$;

create or replace trigger wall_signed before update on compliance.packet
    for each row execute function relay_release.packet_signed();
create or replace trigger wall_open before insert or update on compliance.packet_line
    for each row execute function relay_release.line_of_open_packet();
