-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- What an entry of the access ledger is found by is written by the database alone, from the entry itself.

create or replace function compliance.index_access(wanted_zone text, most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    state record;
    known bigint;
    stop bigint;
begin
    perform compliance.check_index(wanted_zone, most);
    insert into compliance.review_state (ledger, next_n, zone) values ('access', 0, wanted_zone)
    on conflict (ledger) do nothing;
    select h.size into known from audit.ledger_head h where h.ledger = 'access';
    select s.next_n, s.zone into state from compliance.review_state s where s.ledger = 'access';
    if state.zone = wanted_zone and state.next_n >= coalesce(known, 0) then
        return 0;
    end if;
    select s.next_n, s.zone into state from compliance.review_state s where s.ledger = 'access' for update;
    if state.zone <> wanted_zone then
        delete from compliance.access_row;
        delete from compliance.access_day;
        state.next_n := 0;
    end if;
    stop := least(coalesce(known, 0), state.next_n + most);
    insert into compliance.access_row
        (n, at, day, minute, weekday, actor, is_person, act, subject_kind, subject_ids, outcome, purpose)
    select l.n, (said.e ->> 'at')::timestamptz, local.at::date,
           extract(hour from local.at) * 60 + extract(minute from local.at),
           extract(isodow from local.at), said.e ->> 'actor',
           (said.e ->> 'actor') ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
           said.e ->> 'act', said.e ->> 'subject_kind',
           array(select x::uuid from jsonb_array_elements_text(said.e -> 'subject_ids') x),
           said.e ->> 'outcome', said.e ->> 'purpose'
    from audit.ledger l,
         lateral (select convert_from(l.entry, 'UTF8')::jsonb as e) said,
         lateral (select (said.e ->> 'at')::timestamptz at time zone wanted_zone as at) local
    where l.n >= state.next_n and l.n < stop;
    insert into compliance.access_day (day, act, is_person, entries, first_n, last_n)
    select r.day, r.act, r.is_person, count(*), min(r.n), max(r.n)
    from compliance.access_row r where r.n >= state.next_n and r.n < stop
    group by 1, 2, 3
    on conflict (day, act, is_person) do update
    set entries = compliance.access_day.entries + excluded.entries,
        first_n = least(compliance.access_day.first_n, excluded.first_n),
        last_n = greatest(compliance.access_day.last_n, excluded.last_n);
    update compliance.review_state s set next_n = stop, zone = wanted_zone where s.ledger = 'access';
    return greatest(stop - state.next_n, 0);
end $$;
grant execute on function compliance.index_access(text, integer) to gw_workspace, gw_worker;
