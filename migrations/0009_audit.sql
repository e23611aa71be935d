-- Who did what, in the same transaction as the deed.
create table audit (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    actor   text not null,
    action  text not null,
    -- `case/<id>`, `staff/<id>`, `layer/<code>` ...
    subject text not null,
    detail  jsonb not null default '{}',
    -- The case it belongs to, when to one.
    case_id uuid
);
create index audit_subject on audit (subject, id);
create index audit_case on audit (case_id, id) where case_id is not null;
create trigger audit_insert_only before update or delete on audit for each row execute function refuse_change();
-- A POST that came with an Idempotency-Key: claimed before it acts, answered in the transaction of its deed.
create table idempotency (
    client       text not null,
    key          text not null,
    request_hash text not null check (request_hash ~ '^[0-9a-f]{64}$'),
    -- Who is at work on it; a claim whose holder died is taken over after `claimed_until`.
    claim        uuid not null,
    claimed_until timestamptz not null,
    -- The answer, sealed: it may hold personal data.
    status       integer,
    sealed       bytea,
    created_at   timestamptz not null,
    primary key (client, key),
    check ((status is null) = (sealed is null))
);
create index idempotency_age on idempotency (created_at);
