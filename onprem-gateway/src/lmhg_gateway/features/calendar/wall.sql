-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- Nothing of a client under 42 CFR Part 2 is on the calendar that is shared, under any interleaving.

-- Both rows stay locked until the block's transaction ends: anyone who flags the client, or gives the
-- appointment to another client, waits for it and then finds the block. A block of no appointment that is
-- here cannot be judged, and stays.
create or replace function relay_release.no_part2() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
end $$;

create or replace function relay_release.part2_flagged() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if old.part2 and not new.part2 then
        raise exception 'part2' using errcode = 'LM013';
    end if;
    if new.part2 and not old.part2 then
        delete from practice.calendar_block b using practice.appointment a
        where a.id = b.appointment_id and a.client_id = new.id;
    end if;
    return null;
end $$;

create or replace function relay_release.part2_moved() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    flagged boolean;
begin
    select c.part2 into flagged from practice.client c where c.id = new.client_id for share;
    if flagged is not false then
        delete from practice.calendar_block b where b.appointment_id = new.id;
    end if;
    return null;
end $$;

create or replace trigger wall_no_part2 before insert or update on practice.calendar_block
    for each row execute function relay_release.no_part2();
create or replace trigger wall_part2 after update on practice.client
    for each row execute function relay_release.part2_flagged();
create or replace trigger wall_part2 after insert or update of client_id, id on practice.appointment
    for each row execute function relay_release.part2_moved();
