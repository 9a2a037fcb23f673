-- Functions that the generated triggers call, on both planes: a record's version, and whether its exemption is in
-- force. The triggers, and when a record is released: persistence/{generated,release}_triggers.py.
create schema if not exists relay_release;

create or replace function relay_release.raise_version() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        new.version := 1;
    else
        new.version := old.version + 1;
        new.id := old.id;
        new.created_at := old.created_at;
    end if;
    new.updated_at := clock_timestamp();
    return new;
end $$;

create or replace function relay_release.check_exemption() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if new.hipaa_exempt and not exists (
        select 1 from relay.exemption e
        where e.id = new.exemption_id and e.kind = tg_argv[0]
          and (e.record_id is null or e.record_id = new.id)
          and e.withdrawn_at is null and (e.expires_at is null or e.expires_at > now())
    ) then
        raise exception 'exemption_missing' using errcode = 'LM011', hint = tg_table_name;
    end if;
    return new;
end $$;

-- Whether the worker changed nothing but sealed columns: it seals them under a newer key. What holds
-- something goes on to do so, and what is empty stays empty.
create or replace function audit.only_resealed(was jsonb, is_now jsonb) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select session_user in ('gw_worker', 'po_worker') and not exists (
        select from jsonb_each(is_now) n
        where was -> n.key is distinct from n.value
          and (n.key not like '%\_sealed' or 'null' in (jsonb_typeof(n.value), jsonb_typeof(was -> n.key))))
$$;
