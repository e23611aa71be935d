-- Work for the legal, sales and field departments.
create table task (
    id              uuid primary key,
    case_id         uuid not null references case_file,
    verification_id uuid references verification,
    kind            text not null,
    subject         text not null default '',
    department      text not null check (department in ('legal', 'sales', 'field')),
    state           text not null default 'open' check (state in ('open', 'accepted', 'done', 'cancelled')),
    assignee        uuid references staff,
    reason          jsonb not null default '{}',
    due             date not null,
    appointment_at  timestamptz,
    place_text      text,
    place           geometry(Point, 4326),
    result          jsonb,
    version         integer not null default 1,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    check (state <> 'accepted' or assignee is not null),
    check (state <> 'done' or result is not null)
);
-- The same finding asked for again does not make a second open task.
create unique index task_once on task (case_id, kind, subject) where state in ('open', 'accepted');
create index task_department on task (department, state, due);
create index task_assignee on task (assignee, state);
create index task_place on task using gist (place) where state in ('open', 'accepted');
create table task_event (
    id      bigint generated always as identity primary key,
    task_id uuid not null references task,
    at      timestamptz not null,
    actor   text not null,
    what    text not null check (what in ('created', 'assigned', 'accepted', 'handed_back', 'done', 'cancelled')),
    detail  jsonb not null default '{}'
);
create trigger task_event_insert_only before update or delete on task_event for each row execute function refuse_change();
