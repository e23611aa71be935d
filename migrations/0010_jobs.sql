-- The queue: our table, apalis' workers. Delivery is at least once, an effect happens once: it commits together with
-- `done`, fenced on (id, lease_token). src/decisions/0003-queue.md says why it is ours.
create type job_state as enum ('pending', 'running', 'done', 'dead');
create table job (
    id            uuid primary key default gen_random_uuid(),
    queue         text not null,
    kind          text not null,
    args          jsonb not null,
    -- Identity of the work: (kind, subject, version). Held while the row exists, done rows included.
    key           text,
    state         job_state not null default 'pending',
    priority      integer not null default 0,
    run_at        timestamptz not null default now(),
    -- Times it was started; a run that takes its process down counts as well.
    attempts      integer not null default 0,
    max_attempts  integer not null default 10 check (max_attempts > 0),
    lease_token   uuid,
    lease_until   timestamptz,
    worker        text,
    progress      jsonb,
    last_error    text,
    created_at    timestamptz not null default now(),
    started_at    timestamptz,
    finished_at   timestamptz,
    check ((state = 'running') = (lease_token is not null)),
    check ((state = 'running') = (lease_until is not null)),
    check ((state in ('done', 'dead')) = (finished_at is not null)),
    check (attempts between 0 and max_attempts),
    check (state <> 'pending' or attempts < max_attempts)
);
create unique index job_key on job (queue, key) where key is not null;
create index job_ready on job (queue, priority desc, run_at) where state = 'pending';
create index job_leased on job (lease_until) where state = 'running';
create index job_dead on job (finished_at) where state = 'dead';
create index job_done on job (finished_at) where state = 'done';
alter table job set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02, fillfactor = 70);

-- The timetable's memory: the last tick that was put into the queue, so that several instances fire a tick once and a
-- tick missed while all were down is caught up.
create table job_schedule (
    kind      text primary key,
    last_tick timestamptz not null
);
