-- A signed option sheet whose maps, rules or verification have newer versions, and which says the same on them: the legal department
-- confirms it, and from then on it holds on these. The sheet and its signature stay as they are.
create table option_sheet_confirmation (
    id              uuid primary key,
    sheet_id        uuid not null references option_sheet,
    no              integer not null check (no > 0),
    verification_id uuid not null references verification,
    -- `domain::advice::SheetPins` it holds on now.
    pins            jsonb not null,
    -- `domain::advice::Confirmation`, canonical; its SHA-256, signed by the office.
    said            text not null,
    digest          text not null check (digest ~ '^[0-9a-f]{64}$'),
    key_id          text not null references signing_key,
    signature       bytea not null check (length(signature) = 64),
    confirmed_by    text not null,
    confirmed_at    timestamptz not null,
    unique (sheet_id, no)
);
create trigger option_sheet_confirmation_insert_only before update or delete on option_sheet_confirmation
    for each row execute function refuse_change();
