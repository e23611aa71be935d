-- The rules and themes that verdicts were drawn by, each set once under the SHA-256 of its canonical form; and what else
-- a verification saw, so that it can be run again.
create table basis_set (
    hash       text primary key check (hash ~ '^[0-9a-f]{64}$'),
    kind       text not null check (kind in ('rules', 'themes')),
    -- Canonical JSON (RFC 8785); SHA-256 of its bytes is `hash`.
    content    text not null,
    created_at timestamptz not null
);
create trigger basis_set_insert_only before update or delete on basis_set for each row execute function refuse_change();
alter table verification
    add column rules  text generated always as (pins ->> 'rules') stored,
    add column themes text generated always as (pins ->> 'themes') stored,
    -- `domain::verify::Inputs`, sealed; its SHA-256 is pinned. Rows from before this file have none and cannot be replayed.
    add column inputs bytea,
    -- Not validated: rows from before this file pinned whole lists.
    add constraint verification_rules foreign key (rules) references basis_set not valid,
    add constraint verification_themes foreign key (themes) references basis_set not valid;
