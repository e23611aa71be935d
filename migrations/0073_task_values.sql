-- What was filled into the fields of a task, every version of it, sealed; and the right to write some fields for a time that
-- a device takes along when it leaves the line.
create table field_lease (
    id         uuid primary key,
    task_id    uuid not null references task,
    staff_id   uuid not null references staff,
    fields     text[] not null check (fields <> '{}'),
    granted_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > granted_at),
    revoked_at timestamptz,
    revoked_by text check ((revoked_by is null) = (revoked_at is null))
);
-- One holder at a time.
create unique index field_lease_of_task on field_lease (task_id) where revoked_at is null;
create table task_value (
    task_id  uuid not null references task,
    field    text not null,
    version  integer not null check (version > 0),
    sealed   bytea not null,
    -- Keyed hash of the value: whether two are the same is seen without opening them.
    print    bytea not null,
    by       text not null,
    at       timestamptz not null,
    -- The lease it came under; none: written on line.
    lease_id uuid references field_lease,
    primary key (task_id, field, version)
);
create trigger task_value_insert_only before update or delete on task_value for each row execute function refuse_change();
