-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- Who a secret proves to be: the person of a live session of the portal whose profile is here and active.
-- Only hashes are stored, so what the database holds proves nobody.
create or replace function audit.person(token text) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select s.user_id::text
    from portal.session s join replica.record p
        on p.kind = 'staff_profile' and p.record_id = s.user_id and not p.purged
        and p.body -> 'active' = 'true'::jsonb
    where s.id_hash = sha256(convert_to(token, 'UTF8')) and s.ends_at > now()
$$;
