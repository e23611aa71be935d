-- Where somebody has to be at an hour: meetings with agencies and customers, visits to parcels. Nobody is in two places at
-- once; what is only held back for somebody counts as taken.
create table agency (
    code         text primary key check (code ~ '^[a-z0-9_.-]{2,60}$'),
    kind         text not null check (kind in ('land_registration', 'notary', 'tax', 'commune', 'court', 'bank', 'other')),
    name         text not null,
    address      text not null,
    commune_code text,
    place        geometry(Point, 4326),
    -- By weekday 1 (Monday) to 7: [["07:30", "11:30"], ...]. Of Viet Nam.
    hours        jsonb not null,
    standing     text not null check (standing in ('verified', 'secondary', 'unverified', 'house')),
    active       boolean not null default true,
    updated_at   timestamptz not null
);
create table appointment (
    id            uuid primary key,
    task_id       uuid not null references task,
    case_id       uuid not null references case_file,
    -- Who goes; none: nobody yet.
    staff_id      uuid references staff,
    agency        text references agency,
    starts        timestamptz not null,
    ends          timestamptz not null check (ends > starts and ends <= starts + interval '1 day'),
    with_customer boolean not null default false,
    state         text not null check (state in ('held', 'confirmed', 'kept', 'missed', 'moved', 'cancelled')),
    -- A hold is free again after this.
    hold_until    timestamptz check ((state = 'held') = (hold_until is not null)),
    missed_by     text check (missed_by in ('customer', 'agency', 'us') and (missed_by is null or state = 'missed')),
    reason        text,
    moved_to      uuid references appointment deferrable initially deferred check (moved_to is null or state = 'moved'),
    made_by       text not null,
    made_at       timestamptz not null,
    updated_at    timestamptz not null,
    constraint nobody_in_two_places_at_once exclude using gist (staff_id with =, tstzrange(starts, ends) with &&)
        where (staff_id is not null and state in ('held', 'confirmed', 'kept'))
);
create unique index appointment_of_task on appointment (task_id) where state in ('held', 'confirmed');
create index appointment_task on appointment (task_id);
create index appointment_day on appointment (starts) where state in ('held', 'confirmed');
insert into appointment (id, task_id, case_id, starts, ends, state, made_by, made_at, updated_at)
    select gen_random_uuid(), id, case_id, appointment_at, appointment_at + interval '1 hour',
           case state when 'done' then 'kept' when 'cancelled' then 'cancelled' else 'confirmed' end, 'migration', created_at, updated_at
      from task where appointment_at is not null;
