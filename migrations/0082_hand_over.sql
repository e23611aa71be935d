-- What was handed over to a customer, by the hashes of its files, and how: signed for in the office, or fetched by a link with
-- a code that holds once. All of it is only ever added.
create table hand_over (
    id             uuid primary key,
    case_id        uuid not null references case_file,
    way            text not null check (way in ('office', 'online')),
    -- `domain::handover::Delivered`: kinds, versions and hashes, never personal data.
    files          jsonb not null,
    -- SHA-256 over their canonical form.
    digest         text not null check (digest ~ '^[0-9a-f]{64}$'),
    -- The record to be signed in the office, as a file in the store.
    receipt_sha256 text check (receipt_sha256 ~ '^[0-9a-f]{64}$'),
    -- Keyed hashes; token and code themselves lie sealed, for the notice that carries them.
    token_index    bytea unique,
    code_index     bytea,
    sealed         bytea,
    expires_at     timestamptz,
    created_by     text not null,
    created_at     timestamptz not null,
    check ((way = 'office') = (receipt_sha256 is not null)),
    check ((way = 'online') = (token_index is not null and code_index is not null and sealed is not null and expires_at is not null))
);
create index hand_over_case on hand_over (case_id, id);
create trigger hand_over_insert_only before update or delete on hand_over for each row execute function refuse_change();
-- Each wrong code that was tried.
create table hand_over_try (
    id           bigint generated always as identity primary key,
    hand_over_id uuid not null references hand_over,
    at           timestamptz not null
);
create index hand_over_try_of on hand_over_try (hand_over_id);
create trigger hand_over_try_insert_only before update or delete on hand_over_try for each row execute function refuse_change();
create table hand_over_done (
    hand_over_id  uuid primary key references hand_over,
    at            timestamptz not null,
    -- What was delivered, again: it must be what was offered.
    digest        text not null check (digest ~ '^[0-9a-f]{64}$'),
    -- The signed record, scanned.
    signed_sha256 text check (signed_sha256 ~ '^[0-9a-f]{64}$'),
    -- Keyed hash of what lets the files be fetched for a while.
    grant_index   bytea unique,
    grant_until   timestamptz,
    recorded_by   text not null,
    check ((signed_sha256 is null) = (grant_index is not null)),
    check ((grant_index is null) = (grant_until is null))
);
create trigger hand_over_done_insert_only before update or delete on hand_over_done
    for each row execute function refuse_change();
