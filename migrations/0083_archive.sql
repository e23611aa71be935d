-- Archives of cases: one ZIP each, sealed in the store under its id and named by its hash. A case that has not changed gives
-- the same bytes, and no second row.
create table archive (
    id              uuid primary key,
    case_id         uuid not null references case_file,
    -- Of the ZIP, and of the manifest in it.
    sha256          text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    manifest_sha256 text not null check (manifest_sha256 ~ '^[0-9a-f]{64}$'),
    bytes           bigint not null check (bytes > 0),
    created_by      text not null,
    created_at      timestamptz not null,
    unique (case_id, sha256)
);
create trigger archive_insert_only before update or delete on archive for each row execute function refuse_change();
