-- The work plan of a case (data/plans.toml as it was when the case began with it) and what its tasks can be: waiting for
-- others, begun, set down for a while, passed up.
create table work_plan (
    id        uuid primary key,
    case_id   uuid not null unique references case_file,
    procedure text not null,
    -- Steps and kinds of tasks, complete in themselves.
    plan      jsonb not null,
    made_at   timestamptz not null
);
create trigger work_plan_insert_only before update or delete on work_plan for each row execute function refuse_change();
alter table task drop constraint task_state_check;
alter table task
    add constraint task_state_check
        check (state in ('blocked', 'open', 'accepted', 'started', 'paused', 'done', 'cancelled')),
    add column plan_id uuid references work_plan,
    -- What it waits for: `task:<kind>` before it in its plan, and conditions that do not hold.
    add column waits_for text[] not null default '{}',
    -- Role that was asked to see to it.
    add column escalated_to text,
    add constraint task_blocked_check check (state = 'blocked' or waits_for = '{}'),
    add constraint task_worked_on_check check (state not in ('started', 'paused') or assignee is not null),
    add constraint task_not_yet_anybodys check (state <> 'blocked' or assignee is null);
create unique index task_of_plan on task (plan_id, kind) where plan_id is not null;
drop index task_once;
create unique index task_once on task (case_id, kind, subject) where state not in ('done', 'cancelled');
drop index task_assignee;
create index task_assignee on task (assignee) where state not in ('done', 'cancelled');
create index task_blocked on task (plan_id) where state = 'blocked';
alter table task_event drop constraint task_event_what_check;
alter table task_event add constraint task_event_what_check check (what in ('created', 'assigned', 'accepted', 'handed_back',
    'done', 'cancelled', 'ready', 'started', 'paused', 'escalated', 'appointed', 'moved', 'confirmed', 'kept', 'missed'));
