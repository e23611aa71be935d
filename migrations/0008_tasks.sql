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
    -- Which findings made it, and why it was given to its assignee.
    reason          jsonb not null default '{}',
    due             date not null,
    appointment_at  timestamptz,
    place_text      text,
    place           geometry(Point, 4326),
    -- What came of it, sealed: people write names into it.
    result          bytea,
    version         integer not null default 1,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    check (state <> 'accepted' or assignee is not null),
    check ((state = 'done') = (result is not null)),
    check (appointment_at is null or place_text is not null),
    check (place is null or (st_x(place) between -180 and 180 and st_y(place) between -90 and 90))
);
-- The same finding asked for again does not make a second open task.
create unique index task_once on task (case_id, kind, subject) where state in ('open', 'accepted');
create index task_department on task (department, state, due, id);
create index task_assignee on task (assignee) where state in ('open', 'accepted');
create index task_place on task using gist (place) where state = 'open';
create index task_case on task (case_id);
create table task_event (
    id      bigint generated always as identity primary key,
    task_id uuid not null references task,
    at      timestamptz not null,
    actor   text not null,
    what    text not null check (what in ('created', 'assigned', 'accepted', 'handed_back', 'done', 'cancelled')),
    detail  jsonb not null default '{}'
);
create index task_event_task on task_event (task_id, id);
create trigger task_event_insert_only before update or delete on task_event for each row execute function refuse_change();
