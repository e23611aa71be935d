-- Map files that were sent to be read, and what came of it. The file lies under the service's home folder.
create table import_request (
    id         uuid primary key,
    ask        jsonb not null,
    file       text not null,
    sha256     text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    state      text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
    -- What the import says of itself, or which fields were refused and why.
    report     jsonb,
    job_id     uuid not null,
    created_by text not null,
    created_at timestamptz not null,
    ended_at   timestamptz,
    check ((state = 'waiting') = (report is null)),
    check ((state = 'waiting') = (ended_at is null))
);
