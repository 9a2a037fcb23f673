-- What lies around the clients of a growing practice: growth.py. Everyone is invented.
do $$ begin perform set_config('app.actor', 'bench', true), set_config('app.purpose', 'bench', true);
alter table practice.appointment disable trigger user;
alter table practice.referral disable trigger user;
alter table practice.work_item disable trigger user;
create temporary table who on commit drop as
    select id, row_number() over (order by id) as n, count(*) over () as total from practice.client;
insert into practice.appointment (id, client_id, clinician_id, starts_at, ends_at, status)
    select gen_random_uuid(), id, '00000000-0000-0000-0000-0000000000b1', at, at + interval '50 minutes', 'attended'
    from who, generate_series(1, 3) visit,
        lateral (select date_trunc('day', now()) - interval '8 days'
            - (n * 3 + visit) % 1000 * interval '1 day' + n % 9 * interval '1 hour' as at) times;
insert into practice.appointment (id, client_id, clinician_id, starts_at, ends_at, status)
    select gen_random_uuid(), id, ('00000000-0000-0000-0000-000000000' || 100 + n / 8)::uuid, at,
        at + interval '50 minutes', 'confirmed'
    from who, lateral (select date_trunc('day', now() at time zone 'America/Kentucky/Louisville')
            at time zone 'America/Kentucky/Louisville' + interval '9 hours' + n % 8 * interval '1 hour'
            + case when n <= 50 then interval '0' else (n % 4 + 1) * interval '1 day' end as at) times
    where n <= 250;
insert into practice.referral (id, client_id, source_category, received_on, channel, concern_code, state, arrived_at)
    select gen_random_uuid(), id, 'self', current_date - (n % 700)::int, 'phone', 'grief',
        case when n % 20 = 0 then 'received' else 'closed' end, now() - n % 700 * interval '1 day'
    from who where n % 2 = 0;
insert into practice.work_item (id, subject_kind, subject_id, client_id, step, urgency, rank, since, due_at)
    select gen_random_uuid(), 'referral', id, client_id, 'first_call', 'routine', 2, arrived_at, arrived_at
    from practice.referral where state = 'received';
alter table practice.appointment enable trigger user;
alter table practice.referral enable trigger user;
alter table practice.work_item enable trigger user;
end $$;
