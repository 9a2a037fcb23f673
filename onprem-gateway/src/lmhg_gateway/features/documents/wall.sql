-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- A legal hold: while one lasts, its document is neither deleted nor removed, whoever asks. The document's row
-- is held by both, so a hold that is placed and a deletion that begins see each other. Files are removed only
-- a week after the deletion, and the worker alone does it.
create or replace function relay_release.document_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if (new.deleted_at is not null and old.deleted_at is null)
        or (new.removed_at is not null and old.removed_at is null)
    then
        if exists (select 1 from practice.document_hold h
            where h.document_id = new.id and h.lifted_at is null)
        then
            raise exception 'document_held' using errcode = 'LM043';
        end if;
    end if;
    if new.removed_at is not null and old.removed_at is null
        and (session_user <> 'gw_worker' or old.deleted_at is null or old.deleted_at > now() - interval '7 days')
    then
        raise exception 'document_stands' using errcode = 'LM041';
    end if;
    return new;
end $$;
create or replace trigger wall_document before update on practice.document
    for each row execute function relay_release.document_stands();

create or replace function relay_release.document_hold_meets() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform 1 from practice.document d where d.id = new.document_id and d.removed_at is null for update;
    if not found then
        raise exception 'document_stands' using errcode = 'LM041';
    end if;
    if exists (select 1 from practice.document_hold h
        where h.document_id = new.document_id and h.lifted_at is null)
    then
        raise exception 'document_held_already' using errcode = 'LM044';
    end if;
    return new;
end $$;
create or replace trigger wall_document_hold before insert on practice.document_hold
    for each row execute function relay_release.document_hold_meets();

-- A version that is stored stays as it is until its document's files are removed.
create or replace function relay_release.document_version_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    if new.state = 'removed' then
        if not exists (select 1 from practice.document d
            where d.id = new.document_id and d.removed_at is not null)
        then
            raise exception 'document_stands' using errcode = 'LM041';
        end if;
    elsif old.state in ('stored', 'refused', 'removed') then
        raise exception 'document_stands' using errcode = 'LM041';
    end if;
    return new;
end $$;
create or replace trigger wall_document_version before update on practice.document_version
    for each row execute function relay_release.document_version_stands();
