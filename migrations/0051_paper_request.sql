-- What was asked of a customer: one request is one round, its items are settled one by one. The case's events tell when.
create table paper_request (
    id         uuid primary key,
    case_id    uuid not null references case_file,
    -- From 1; the number of rounds is what we are measured by.
    round      integer not null check (round > 0),
    due        date not null,
    -- 0: not reminded; 1: before the day; 2: after it.
    reminded   smallint not null default 0 check (reminded between 0 and 2),
    created_by text not null,
    created_at timestamptz not null,
    unique (case_id, round)
);
create table request_item (
    id         uuid primary key,
    request_id uuid not null references paper_request,
    case_id    uuid not null references case_file,
    need       text not null check (need in ('missing', 'unreadable', 'expired', 'contradicts', 'boundary')),
    paper_kind text not null,
    paper_id   uuid,
    -- Check that found it, and what of it: never personal data.
    because    text not null,
    detail     text not null default '',
    state      text not null default 'open' check (state in ('open', 'met', 'dropped')),
    settled_by text,
    settled_at timestamptz,
    check ((state = 'open') = (settled_at is null))
);
create index request_item_case on request_item (case_id, id);
-- The same thing is not asked for twice at a time.
create unique index request_item_once on request_item (case_id, need, paper_kind, coalesce(paper_id, '00000000-0000-0000-0000-000000000000'))
    where state = 'open';
