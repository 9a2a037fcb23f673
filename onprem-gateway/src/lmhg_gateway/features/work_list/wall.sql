-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- Which ways to contact a client are safe, and whether there is a number or an address at all, decides what is
-- next. However that changes (a form, a consent that ends, a merge, IntakeQ), the client's rows are decided again.
create or replace function relay_release.plan_client_again() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if (old.may_voicemail, old.may_text, old.may_email, old.may_mail)
            is distinct from (new.may_voicemail, new.may_text, new.may_email, new.may_mail)
        or (old.mobile_sealed is null) <> (new.mobile_sealed is null)
        or (old.email_sealed is null) <> (new.email_sealed is null)
    then
        update practice.work_item set changes_at = now()
        where client_id = new.id and (changes_at is null or changes_at > now());
    end if;
    return null;
end $$;
create or replace trigger wall_plan_client_again after update on practice.client
    for each row execute function relay_release.plan_client_again();
