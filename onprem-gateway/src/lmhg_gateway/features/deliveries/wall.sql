-- The worker hears of a delivery at once.
create or replace function ingress.ring() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform pg_notify('ingress_delivery', '');
    return null;
end $$;

create or replace trigger delivery_bell after insert on ingress.delivery
    for each statement execute function ingress.ring();
