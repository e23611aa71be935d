-- What a second pair of eyes decided about a case, with the checklist as it was shown; and the work that bars from it: cases
-- are folded anew, because who verified or advised counts as a hand now.
create table review (
    id          uuid primary key,
    case_id     uuid not null references case_file,
    outcome     text not null check (outcome in ('passed', 'returned')),
    -- `domain::review::Item`s: codes, kinds and days, never personal data.
    checklist   jsonb not null,
    -- SHA-256 over its canonical form.
    digest      text not null check (digest ~ '^[0-9a-f]{64}$'),
    -- What the reviewer says of single items, sealed.
    sealed      bytea not null,
    reviewed_by text not null,
    reviewed_at timestamptz not null
);
create index review_case on review (case_id, id);
create trigger review_insert_only before update or delete on review for each row execute function refuse_change();
update case_file set standing = null;
