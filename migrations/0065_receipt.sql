-- Receipts, numbered without gaps within a year: one for each sum of money that came in.
create table receipt_counter (
    year integer primary key,
    last integer not null check (last > 0)
);
create table receipt (
    id          uuid primary key,
    contract_id uuid not null references contract,
    -- Of the payment, and of the overpayment that came with it.
    reference   text not null,
    attempt     integer not null,
    year        integer not null,
    no          integer not null check (no > 0),
    issued_by   text not null,
    issued_at   timestamptz not null,
    unique (year, no),
    unique (contract_id, reference, attempt)
);
comment on table receipt is 'phiếu thu';
create trigger receipt_insert_only before update or delete on receipt for each row execute function refuse_change();
