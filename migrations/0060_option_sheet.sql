-- What the legal department advises: option sheets by version, never changed, each pinned to what it rests on.
create table option_sheet (
    id              uuid primary key,
    case_id         uuid not null references case_file,
    version         integer not null check (version > 0),
    verification_id uuid not null references verification,
    -- SHA-256 of the canonical form (`domain::advice::Sheet`), which is kept sealed: prices and kinship are personal.
    digest          text not null check (digest ~ '^[0-9a-f]{64}$'),
    -- `domain::advice::SheetPins`.
    pins            jsonb not null,
    recommended     text,
    sealed          bytea not null,
    created_by      text not null,
    created_at      timestamptz not null,
    unique (case_id, version)
);
create trigger option_sheet_insert_only before update or delete on option_sheet for each row execute function refuse_change();
create table option_sheet_signature (
    sheet_id  uuid primary key references option_sheet,
    key_id    text not null references signing_key,
    signature bytea not null check (length(signature) = 64),
    signed_by text not null,
    signed_at timestamptz not null
);
create trigger option_sheet_signature_insert_only before update or delete on option_sheet_signature
    for each row execute function refuse_change();
