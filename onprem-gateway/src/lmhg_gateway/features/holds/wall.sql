-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- What is held for review is decided by officers: one, or two where the rule that holds it says so.

-- Rules whose held records one officer alone may clear. rules.py says the same to the pages.
create or replace function relay_release.one_officer() returns varchar[]
language sql immutable set search_path = pg_catalog, pg_temp as
$$ select array[
    'birth_date', 'body_not_contract', 'body_not_json', 'body_too_long', 'card', 'diagnosis',
    'home_address', 'insurance_id', 'kind_unknown', 'record_number', 'ssn', 'ssn_in_words'
]::varchar[] $$;

create or replace function relay_release.officer_decides() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    actor text := audit.actor();
begin
    if tg_op = 'INSERT' then
        new.digest := (
            select sha256(convert_to(o.body, 'UTF8')) from relay.outbox o
            where o.op = 'put' and o.kind = new.kind and o.record_id = new.record_id
                and o.version = new.version
            order by o.xid desc, o.seq desc limit 1
        );
        return new;
    end if;
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    if not relay_release.is_officer(actor) then
        raise exception 'hold_stands' using errcode = 'LM014';
    end if;
    if new.outcome = 'waiting' then
        if new.decided_by is not null or new.proposed_by is distinct from actor
            or (old.proposed_by is not null and relay_release.is_officer(old.proposed_by)) then
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
            where coalesce(hit ->> 'rule', '') <> all (relay_release.one_officer())) then
        if old.proposed_by is null or old.proposed_by = new.decided_by then
            raise exception 'two_officers' using errcode = 'LM019';
        end if;
        if not relay_release.is_officer(old.proposed_by) then
            raise exception 'asker_left' using errcode = 'LM022';
        end if;
    end if;
    if new.outcome = 'cleared' and old.proposed_by is not null
        and relay_release.are_linked(new.decided_by, old.proposed_by) then
        raise exception 'new_holder' using errcode = 'LM021';
    end if;
    return new;
end $$;

create or replace trigger wall_officer before insert or update on compliance.held_record
    for each row execute function relay_release.officer_decides();
