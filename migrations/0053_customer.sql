-- Who comes to us, apart from the cases they come with. What is known of them is sealed; the same person is found again by
-- keyed hashes, and two records become one only when somebody says so.
create table customer (
    id          uuid primary key,
    sealed      bytea not null,
    -- Keyed hashes of CCCD or CMND, phone, and folded name.
    id_index    bytea,
    phone_index bytea,
    name_index  bytea not null,
    -- The record that took its place.
    merged_into uuid references customer check (merged_into <> id),
    created_by  text not null,
    created_at  timestamptz not null
);
comment on table customer is 'khách hàng';
create index customer_id_index on customer (id_index) where merged_into is null;
create index customer_phone_index on customer (phone_index) where merged_into is null;
alter table case_file add column customer_id uuid references customer;
create index case_file_customer on case_file (customer_id) where customer_id is not null;
create table customer_merge (
    id         uuid primary key,
    -- The older record, which would stay.
    keep       uuid not null references customer,
    fold       uuid not null references customer check (fold <> keep),
    -- What they have in common: id_number, phone, name.
    why        text[] not null check (why <@ '{id_number,phone,name}' and why <> '{}'),
    state      text not null default 'proposed' check (state in ('proposed', 'accepted', 'rejected')),
    created_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    check ((state = 'proposed') = (decided_at is null)),
    unique (keep, fold)
);
create index customer_merge_proposed on customer_merge (id) where state = 'proposed';
-- What a customer agreed to: what, when, which text was shown.
create table consent (
    id           uuid primary key,
    case_id      uuid not null references case_file,
    customer_id  uuid not null references customer,
    what         text not null check (what in ('processing', 'parcel_watch', 'contact')),
    text_version text not null check (length(text_version) between 1 and 60),
    channel      text not null,
    given_at     timestamptz not null,
    withdrawn_at timestamptz
);
create index consent_case on consent (case_id);
create index consent_customer on consent (customer_id);
-- What was told at the first talk, sealed, and what is still missing of it.
create table case_intake (
    case_id    uuid primary key references case_file,
    sealed     bytea not null,
    procedures text[] not null,
    missing    text[] not null,
    updated_at timestamptz not null
);
-- A customer's way into their case: the code is told once and kept as a hash.
create table account_invitation (
    id          uuid primary key,
    case_id     uuid not null references case_file,
    customer_id uuid not null references customer,
    code_hash   bytea not null,
    -- For the notice that will carry it.
    sealed_code bytea not null,
    created_at  timestamptz not null,
    expires_at  timestamptz not null,
    used_at     timestamptz
);
create index account_invitation_case on account_invitation (case_id);
