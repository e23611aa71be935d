-- Who did what, in the same transaction as the deed.
create table audit (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    actor   text not null,
    action  text not null,
    subject text not null,
    detail  jsonb not null default '{}'
);
create index audit_subject on audit (subject, id);
create trigger audit_insert_only before update or delete on audit for each row execute function refuse_change();
create table idempotency (
    client       text not null,
    key          text not null,
    request_hash text not null,
    status       integer,
    response     jsonb,
    created_at   timestamptz not null,
    primary key (client, key)
);
