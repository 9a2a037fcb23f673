-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- An approval is for bytes: those that the row names now, whose file is stored and was compared with the clients
-- on record, with nothing found. Who approves is not who added the file, and has the power; where the program
-- could not read all of the file, only that person's own statement will do.
create or replace function relay_release.document_approved() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if audit.process_of(session_user) is not null
        and not relay_release.holds(new.approved_by, relay_release.powers()) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if not exists (
        select from practice.document_ref d
        join practice.shared_file f on f.id = d.id
        join relay.exemption e on e.id = new.exemption_id
        where d.id = new.record_id and d.sha256 = new.sha256
          and d.author_id::text <> new.approved_by and f.added_by <> new.approved_by
          and f.state = 'stored' and f.looked_at is not null and f.found = '[]'::jsonb
          and (f.is_whole or new.basis = 'every_page_read')
          and e.kind = 'document_ref' and e.record_id = d.id and e.approved_by = new.approved_by
          and e.withdrawn_at is null
    ) then
        raise exception 'document_unapproved' using errcode = 'LM086';
    end if;
    return new;
end $$;
create or replace trigger wall_document_approval before insert on compliance.document_approval
    for each row execute function relay_release.document_approved();

-- Another file is not what was approved: the exemption goes off, and with it the record and its file are recalled.
-- Nothing becomes or stays exempt without an approval of exactly these bytes.
create or replace function relay_release.document_ref_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'UPDATE' and old.hipaa_exempt and new.hipaa_exempt and old.exemption_id = new.exemption_id
        and (new.sha256, new.size, new.media_type, new.file_name)
            is distinct from (old.sha256, old.size, old.media_type, old.file_name) then
        new.hipaa_exempt := false;
    end if;
    if tg_op = 'UPDATE' and (new.document_id, new.revision, new.author_id)
        is distinct from (old.document_id, old.revision, old.author_id) then
        raise exception 'shared_file_stands' using errcode = 'LM085';
    end if;
    if new.hipaa_exempt and not exists (
        select from compliance.document_approval a
        where a.record_id = new.id and a.exemption_id = new.exemption_id and a.sha256 = new.sha256
    ) then
        raise exception 'document_unapproved' using errcode = 'LM086';
    end if;
    return new;
end $$;
create or replace trigger wall_approved before insert or update on practice.document_ref
    for each row execute function relay_release.document_ref_stands();

-- A file that is stored stays: its place and key do not change, and what a look found is not taken out again.
create or replace function relay_release.shared_file_kept() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    if old.state = 'stored' and ((new.state, new.is_whole, new.stored_at, new.data_key_sealed)
            is distinct from (old.state, old.is_whole, old.stored_at, old.data_key_sealed)
        or (old.found <> '[]'::jsonb and new.found is distinct from old.found)) then
        raise exception 'shared_file_stands' using errcode = 'LM085';
    end if;
    return new;
end $$;
create or replace trigger wall_shared_file before update on practice.shared_file
    for each row execute function relay_release.shared_file_kept();
