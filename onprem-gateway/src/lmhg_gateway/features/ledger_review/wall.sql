-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- What a ledger entry is found by is written by the database alone, from the entry itself.

-- How many entries at once, and the practice's time zone: nothing else is taken.
create or replace function compliance.check_index(wanted_zone text, most integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    if most is null or most < 1 or most > 100000
       or wanted_zone is null or length(wanted_zone) > 64 then
        raise exception 'argument_out_of_range' using errcode = '22023';
    end if;
    perform now() at time zone wanted_zone;
end $$;

create or replace function compliance.index_relay(wanted_zone text, most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    state record;
    known bigint;
    stop bigint;
begin
    perform compliance.check_index(wanted_zone, most);
    insert into compliance.review_state (ledger, next_n, zone) values ('relay', 0, wanted_zone)
    on conflict (ledger) do nothing;
    select h.size into known from relay.ledger_head h where h.ledger = 'relay';
    select s.next_n, s.zone into state from compliance.review_state s where s.ledger = 'relay';
    if state.zone = wanted_zone and state.next_n >= coalesce(known, 0) then
        return 0;
    end if;
    select s.next_n, s.zone into state from compliance.review_state s where s.ledger = 'relay' for update;
    if state.zone <> wanted_zone then
        delete from compliance.ledger_row;
        delete from compliance.ledger_day;
        state.next_n := 0;
    end if;
    stop := least(coalesce(known, 0), state.next_n + most);
    insert into compliance.ledger_row
        (n, day, decision, gate, reason, kind, record_id, batch, exemption_id)
    select l.n, ((said.e ->> 'at')::timestamptz at time zone wanted_zone)::date,
           said.e ->> 'decision', said.e ->> 'gate', said.e ->> 'reason', said.e ->> 'kind',
           (said.e ->> 'record_id')::uuid, (said.e ->> 'batch')::bigint,
           (said.e ->> 'exemption_id')::uuid
    from relay.ledger l, lateral (select convert_from(l.entry, 'UTF8')::jsonb as e) said
    where l.n >= state.next_n and l.n < stop;
    insert into compliance.ledger_day (day, decision, gate, reason, kind, entries, first_n, last_n)
    select r.day, r.decision, coalesce(r.gate, ''), coalesce(r.reason, ''), coalesce(r.kind, ''),
           count(*), min(r.n), max(r.n)
    from compliance.ledger_row r where r.n >= state.next_n and r.n < stop
    group by 1, 2, 3, 4, 5
    on conflict (day, decision, gate, reason, kind) do update
    set entries = compliance.ledger_day.entries + excluded.entries,
        first_n = least(compliance.ledger_day.first_n, excluded.first_n),
        last_n = greatest(compliance.ledger_day.last_n, excluded.last_n);
    update compliance.review_state s set next_n = stop, zone = wanted_zone where s.ledger = 'relay';
    return greatest(stop - state.next_n, 0);
end $$;
grant execute on function compliance.index_relay(text, integer) to gw_workspace, gw_worker;
