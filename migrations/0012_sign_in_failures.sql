-- Failed sign-ins, counted for all instances of the service together, so that guessing is braked however it is spread.
create table sign_in_failure (
    -- Keyed hash of an address, or of a login and an address: people type passwords into the wrong field.
    key     bytea primary key,
    count   integer not null check (count >= 0),
    last_at timestamptz not null
);
create index sign_in_failure_age on sign_in_failure (last_at);
