-- Many parcels verified in one run. A verification of a run belongs to a parcel and to no case, and is kept in columns: outcome,
-- digest, what weighs (src/decisions/0015-batch.md). Rows are written by COPY, a chunk of parcels at a time, in one
-- transaction with the chunk's completion.
create table verification_run (
    id           uuid primary key,
    state        text not null check (state in ('planning', 'running', 'paused', 'done', 'cancelled')),
    -- `domain::batch::Selection`: which parcels were asked for.
    selection    jsonb not null,
    as_of        date not null,
    chunks       integer not null default 0,
    chunks_done  integer not null default 0 check (chunks_done between 0 and chunks),
    parcels      bigint not null default 0,
    parcels_done bigint not null default 0 check (parcels_done between 0 and parcels),
    findings     bigint not null default 0,
    can_proceed  bigint not null default 0,
    needs_papers bigint not null default 0,
    needs_person bigint not null default 0,
    blocked      bigint not null default 0,
    -- Parcels that could not be judged; each says why.
    faults       bigint not null default 0,
    -- The present stretch of work: since when, and how many parcels were done before it. What was paused does not count as slow.
    since        timestamptz,
    done_before  bigint not null default 0,
    -- SHA-256 over the digests of the chunks in order, once all are done.
    root         text check (root ~ '^[0-9a-f]{64}$'),
    created_by   text not null,
    created_at   timestamptz not null,
    finished_at  timestamptz,
    check ((root is not null) = (state = 'done')),
    check ((finished_at is not null) = (state in ('done', 'cancelled')))
);
create index verification_run_newest on verification_run (created_at desc, id desc);

create table verification_chunk (
    run_id    uuid not null references verification_run,
    no        integer not null check (no >= 0),
    zone      integer not null references cadastral_zone,
    parcels   uuid[] not null check (cardinality(parcels) > 0),
    -- SHA-256 over its parcels and their digests in order; signed.
    digest    text check (digest ~ '^[0-9a-f]{64}$'),
    key_id    text references signing_key,
    signature bytea check (length(signature) = 64),
    -- Sets of (check, subject, verdict) that do not weigh; each verification names one by its place.
    quiet     jsonb,
    -- What its verifications pin and saw, for replay; sealed.
    inputs    bytea,
    done_at   timestamptz,
    primary key (run_id, no),
    check ((done_at is null) = (digest is null) and (done_at is null) = (quiet is null) and (key_id is null) = (signature is null))
);
create table run_verification (
    run_id    uuid not null,
    chunk     integer not null,
    -- Place in the chunk, from 0.
    place     smallint not null,
    zone      integer not null,
    parcel_id uuid not null,
    version   integer,
    outcome   text check (outcome in ('can_proceed', 'needs_papers', 'needs_person', 'blocked')),
    digest    bytea check (length(digest) = 32),
    quiet     smallint,
    -- Why this parcel could not be judged.
    fault     text,
    primary key (run_id, chunk, place),
    -- Every parcel has exactly one verification of a run.
    unique (run_id, parcel_id),
    check ((fault is null) = (outcome is not null) and (fault is null) = (digest is not null))
);
create table run_finding (
    run_id           uuid not null,
    chunk            integer not null,
    place            smallint not null,
    no               smallint not null,
    check_id         text not null,
    subject          text not null,
    verdict          text not null check (verdict in ('hit', 'partly_covered', 'not_covered', 'stale_source', 'failed')),
    effect           text not null check (effect in ('none', 'needs_papers', 'needs_person', 'blocks')),
    certainty        text check (certainty in ('certain', 'possible', 'none')),
    measured         double precision,
    allowed          double precision,
    unit             text,
    area_low         double precision,
    area_high        double precision,
    layer_version_id bigint,
    rule             text,
    primary key (run_id, chunk, place, no)
);
create trigger run_verification_insert_only before update or delete on run_verification for each row execute function refuse_change();
create trigger run_finding_insert_only before update or delete on run_finding for each row execute function refuse_change();
