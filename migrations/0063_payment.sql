-- Money that came in for a contract, once per reference, and its receipts, numbered without gaps within a year.
create table payment (
    id          uuid primary key,
    contract_id uuid not null references contract,
    -- Number of the transfer or of the cash slip: the same one is the same payment.
    reference   text not null check (length(reference) between 3 and 80),
    amount      bigint not null check (amount > 0),
    way         text not null check (way in ('cash', 'transfer')),
    paid_on     date not null,
    recorded_by text not null,
    recorded_at timestamptz not null,
    unique (contract_id, reference)
);
create trigger payment_insert_only before update or delete on payment for each row execute function refuse_change();
create table receipt_counter (
    year integer primary key,
    last integer not null
);
create table receipt (
    id         uuid primary key,
    payment_id uuid not null unique references payment,
    year       integer not null,
    no         integer not null check (no > 0),
    issued_by  text not null,
    issued_at  timestamptz not null,
    unique (year, no)
);
create trigger receipt_insert_only before update or delete on receipt for each row execute function refuse_change();
