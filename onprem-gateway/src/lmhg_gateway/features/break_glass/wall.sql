-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- Emergency access: one at a time, opened in one's own name, ended once, reviewed once by an officer.

create or replace function relay_release.glass_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.opened_at > now() + interval '1 minute' then
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
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    if new.reason_sealed is distinct from old.reason_sealed
        or (old.ended_at is not null and new.ended_at is distinct from old.ended_at)
        or (old.reviewed_at is not null and (new.reviewed_at, new.reviewed_by, new.outcome)
            is distinct from (old.reviewed_at, old.reviewed_by, old.outcome))
        or ((new.outcome, new.reviewed_by) is distinct from (old.outcome, old.reviewed_by)
            and (new.reviewed_by::text is distinct from audit.actor()
                or not relay_release.is_officer(new.reviewed_by::text)))
    then
        raise exception 'glass_stands' using errcode = 'LM015';
    end if;
    if new.reviewed_by is distinct from old.reviewed_by
        and relay_release.are_linked(new.reviewed_by::text, new.user_id::text) then
        raise exception 'new_holder' using errcode = 'LM021';
    end if;
    return new;
end $$;

-- The session check has no actor yet, so the rows of openings are not visible to it: this function names
-- one, and tells a moment, nothing else.
create or replace function relay_release.glass_open_until(who uuid, moment timestamptz)
returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    before text := coalesce(current_setting('app.actor', true), '');
    until timestamptz;
begin
    perform set_config('app.actor', 'process: session check', true);
    select max(g.ends_at) into until from compliance.break_glass g
    where g.user_id = who and g.ended_at is null and g.opened_at <= moment and g.ends_at > moment;
    perform set_config('app.actor', before, true);
    return until;
end $$;
grant execute on function relay_release.glass_open_until(uuid, timestamptz) to gw_workspace;

create or replace trigger wall_glass before insert or update on compliance.break_glass
    for each row execute function relay_release.glass_stands();
