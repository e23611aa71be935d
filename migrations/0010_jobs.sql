-- The queue: our table, apalis' workers. Delivery is at least once, an effect happens once: it commits with `done`,
-- fenced on (id, lease_token).
create type job_state as enum ('pending', 'running', 'done', 'dead');
create table job (
    id            uuid primary key default gen_random_uuid(),
    queue         text not null,
    kind          text not null,
    args          jsonb not null,
    key           text,
    state         job_state not null default 'pending',
    priority      integer not null default 0,
    run_at        timestamptz not null default now(),
    attempts      integer not null default 0,
    max_attempts  integer not null default 10 check (max_attempts > 0),
    lease_token   uuid,
    lease_until   timestamptz,
    worker        text,
    progress      jsonb,
    last_error    text,
    created_at    timestamptz not null default now(),
    finished_at   timestamptz,
    check ((state = 'running') = (lease_token is not null))
);
create unique index job_key on job (queue, key) where key is not null;
create index job_ready on job (queue, priority desc, run_at) where state = 'pending';
create index job_leased on job (lease_until) where state = 'running';
create index job_finished on job (finished_at) where state in ('done', 'dead');
alter table job set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02, fillfactor = 70);
