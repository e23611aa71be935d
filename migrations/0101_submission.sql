-- What was handed in to authorities, with their receipt, and what they did: asked for more, got it, granted or refused. Nothing
-- of it is ever changed; the case's events carry the same.
create table submission (
    id             uuid primary key,
    case_id        uuid not null references case_file,
    agency         text not null references agency,
    procedure      text not null,
    -- As the authority numbers it.
    receipt_number text not null check (length(receipt_number) between 1 and 60),
    submitted_on   date not null,
    -- By the working days of the procedure; none: no number is known.
    due            date,
    -- The day printed on the receipt, when there is one.
    promised       date check (promised >= submitted_on),
    recorded_by    text not null,
    recorded_at    timestamptz not null,
    unique (agency, receipt_number)
);
create index submission_case on submission (case_id, id);
create table submission_step (
    id            uuid primary key,
    submission_id uuid not null references submission,
    case_id       uuid not null references case_file,
    no            integer not null check (no > 0),
    what          text not null check (what in ('asked_more', 'answered', 'granted', 'refused')),
    happened_on   date not null,
    -- Until when it wants what it asked for.
    answer_by     date check (answer_by is null or what = 'asked_more'),
    -- The problem that was raised for it, and what was asked of the customer.
    issue_id      uuid references case_issue,
    request_id    uuid references paper_request,
    -- Words of the authority: what it asks for, why it refuses.
    sealed        bytea not null,
    recorded_by   text not null,
    recorded_at   timestamptz not null,
    unique (submission_id, no)
);
create index submission_step_case on submission_step (case_id);
create trigger submission_insert_only before update or delete on submission for each row execute function refuse_change();
create trigger submission_step_insert_only before update or delete on submission_step for each row execute function refuse_change();
