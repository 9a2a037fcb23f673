-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- Everything leaves by two people: an administrator asks, an officer who is someone else approves, and within a
-- week an operator writes it. No running process can say that it was written.
create or replace function relay_release.leaving_moves() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    actor text := audit.actor();
begin
    if tg_op = 'INSERT' then
        new.asked_at := now();
        if not relay_release.holds(actor, array['admin']::varchar[]) then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        return new;
    end if;
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    if new.state = 'done' then
        if audit.process_of(session_user) is not null or old.state <> 'approved'
            or old.decided_at < now() - interval '7 days'
            or (new.decided_by, new.decided_at) is distinct from (old.decided_by, old.decided_at)
        then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        return new;
    end if;
    new.decided_at := now();
    if new.decided_by::text is distinct from actor or not relay_release.holds(actor, relay_release.powers())
        or new.written_at is not null or new.state not in ('approved', 'declined', 'dropped')
        or (new.state <> 'dropped' and (old.state <> 'asked' or new.decided_by = old.asked_by))
    then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if new.state = 'approved' then
        if not relay_release.is_officer(actor)
            or not relay_release.holds(old.asked_by::text, array['admin']::varchar[])
        then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        perform relay_release.check_second(actor, old.asked_by::text);
    end if;
    return new;
end $$;
create or replace trigger wall_leaving before insert or update on compliance.leaving_export
    for each row execute function relay_release.leaving_moves();
