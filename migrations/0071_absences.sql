-- Who is away, and who can do what not everybody can: what assignment asks of staff besides department and territory.
create table absence (
    id        uuid primary key,
    staff_id  uuid not null references staff,
    first_day date not null,
    last_day  date not null check (last_day >= first_day),
    kind      text not null check (kind in ('leave', 'sick', 'training', 'other')),
    made_by   text not null,
    made_at   timestamptz not null,
    ended_at  timestamptz,
    -- One absence at a time; an ended one counts no more.
    exclude using gist (staff_id with =, daterange(first_day, last_day, '[]') with &&) where (ended_at is null)
);
create index absence_day on absence (last_day) where ended_at is null;
create table staff_skill (
    staff_id uuid not null references staff,
    skill    text not null,
    primary key (staff_id, skill)
);
