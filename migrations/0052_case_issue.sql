-- Problems of a case that somebody has to solve by a day.
create table case_issue (
    id          uuid primary key,
    case_id     uuid not null references case_file,
    topic       text not null check (topic ~ '^[a-z0-9_]{2,40}$'),
    -- In words, sealed: they may name people.
    sealed      bytea not null,
    owner       uuid not null references staff,
    due         date not null,
    raised_by   text not null,
    raised_at   timestamptz not null,
    resolved_by text,
    resolved_at timestamptz,
    check ((resolved_by is null) = (resolved_at is null))
);
create index case_issue_case on case_issue (case_id, id);
create index case_issue_open on case_issue (owner, due) where resolved_at is null;
