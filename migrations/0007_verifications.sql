-- What was found, pinned and never changed.
create table verification (
    id         uuid primary key,
    case_id    uuid not null references case_file,
    zone       integer,
    parcel_id  uuid,
    as_of      date not null,
    outcome    text not null check (outcome in ('can_proceed', 'needs_papers', 'needs_person', 'blocked')),
    digest     text not null check (digest ~ '^[0-9a-f]{64}$'),
    pins       jsonb not null,
    -- Canonical record (RFC 8785), sealed: it may quote names.
    sealed     bytea not null,
    created_by text not null,
    created_at timestamptz not null
);
create index verification_case on verification (case_id, created_at desc);
create index verification_parcel on verification (zone, parcel_id, created_at desc);
create table finding (
    verification_id  uuid not null references verification,
    no               integer not null,
    check_id         text not null,
    subject          text not null default '',
    verdict          text not null check (verdict in ('hit', 'clear', 'partly_covered', 'not_covered', 'stale_source', 'failed', 'not_applicable')),
    effect           text not null check (effect in ('none', 'needs_papers', 'needs_person', 'blocks')),
    certainty        text check (certainty in ('certain', 'possible', 'none')),
    measured         double precision,
    allowed          double precision,
    unit             text,
    area_low         double precision,
    area_high        double precision,
    layer_version_id bigint,
    rule             text,
    evidence         geometry,
    primary key (verification_id, no)
);
create trigger verification_insert_only before update or delete on verification for each row execute function refuse_change();
create trigger finding_insert_only before update or delete on finding for each row execute function refuse_change();
