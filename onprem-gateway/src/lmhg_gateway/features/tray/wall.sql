-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- A page moves, or is turned, only between papers that are in the tray: what was filed or set aside keeps the
-- pages that it had then.
create or replace function relay_release.paper_page_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
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

-- A file that is stored stays as it is; only that it was taken out of the watched folder is added.
create or replace function relay_release.paper_file_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
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
