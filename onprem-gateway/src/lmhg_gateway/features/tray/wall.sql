-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- Whether what a paper was filed as was removed for good, and no hold keeps anything of its client.
create or replace function relay_release.paper_is_gone(of_paper uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return exists (select from practice.paper p join practice.document d on d.id = p.document_id
        where p.id = of_paper and p.state = 'filed' and d.removed_at is not null
            and not relay_release.is_held(relay_release.one_person(d.client_id)));
end $$;
grant execute on function relay_release.paper_is_gone(uuid) to gw_worker;

-- Whether that is so of every page of a file.
create or replace function relay_release.paper_file_is_gone(of_file uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(bool_and(relay_release.paper_is_gone(g.paper_id)), false)
    from practice.paper_page g where g.file_id = of_file
$$;
grant execute on function relay_release.paper_file_is_gone(uuid) to gw_worker;

-- A page moves, or is turned, only between papers that are in the tray: what was filed or set aside keeps the
-- pages that it had then. What it says is forgotten once what it was filed as was removed for good.
create or replace function relay_release.paper_page_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    if session_user = 'gw_worker' and new.text_sealed is null and relay_release.paper_is_gone(old.paper_id)
        and to_jsonb(new) - array['text_sealed', 'version', 'updated_at', 'storage_policy']
            is not distinct from to_jsonb(old) - array['text_sealed', 'version', 'updated_at', 'storage_policy']
    then
        return new;
    end if;
    if exists (select 1 from practice.paper p
        where p.id in (old.paper_id, new.paper_id) and p.state not in ('open', 'empty'))
    then
        raise exception 'paper_stands' using errcode = 'LM094';
    end if;
    return new;
end $$;
create or replace trigger wall_paper_page before update on practice.paper_page
    for each row execute function relay_release.paper_page_stands();

-- A file that is stored stays as it is; only that it was taken out of the watched folder is added. It is removed by
-- the worker once all that its pages were filed as was, and then only that its objects are gone is added.
create or replace function relay_release.paper_file_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    if new.state = 'removed' or old.state = 'removed' then
        if session_user <> 'gw_worker'
            or (old.state = 'stored' and not relay_release.paper_file_is_gone(old.id))
            or old.state not in ('stored', 'removed') or new.state <> 'removed'
            or (old.state = 'removed' and to_jsonb(new) - array['is_gone', 'version', 'updated_at', 'storage_policy']
                is distinct from to_jsonb(old) - array['is_gone', 'version', 'updated_at', 'storage_policy'])
        then
            raise exception 'paper_stands' using errcode = 'LM094';
        end if;
        return new;
    end if;
    if old.state = 'stored'
        and to_jsonb(new) - array['left_folder_at', 'version', 'updated_at', 'storage_policy']
            is distinct from to_jsonb(old) - array['left_folder_at', 'version', 'updated_at', 'storage_policy']
    then
        raise exception 'paper_stands' using errcode = 'LM094';
    end if;
    return new;
end $$;
create or replace trigger wall_paper_file before update on practice.paper_file
    for each row execute function relay_release.paper_file_stands();
