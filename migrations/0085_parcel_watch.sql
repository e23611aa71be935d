-- Parcels that are watched for customers who agreed to it: what holds for each as it was told last, and every change that was
-- told. A parcel that is divided is watched on in what came of it.
create table parcel_watch (
    id         uuid primary key,
    case_id    uuid not null references case_file,
    consent_id uuid not null references consent,
    began_at   timestamptz not null,
    ended_at   timestamptz,
    check (ended_at >= began_at)
);
create unique index parcel_watch_once on parcel_watch (case_id) where ended_at is null;
create index parcel_watch_consent on parcel_watch (consent_id) where ended_at is null;
create table parcel_watch_on (
    id             uuid primary key,
    watch_id       uuid not null references parcel_watch,
    zone           integer not null,
    parcel_id      uuid not null,
    -- As it was looked at last.
    parcel_version integer not null,
    -- `domain::watch::Held`s, and the name of the rules they were drawn by.
    held           jsonb not null,
    rules          text not null,
    -- What came of it took its place.
    until          timestamptz,
    foreign key (zone, parcel_id) references parcel (zone, id)
);
create unique index parcel_watch_on_once on parcel_watch_on (watch_id, zone, parcel_id) where until is null;
create index parcel_watch_on_zone on parcel_watch_on (zone) where until is null;
create table parcel_watch_hit (
    id               uuid primary key,
    watch_id         uuid not null references parcel_watch,
    parcel_id        uuid not null,
    -- The version whose publication made it; none: rules.
    layer_version_id bigint,
    at               timestamptz not null,
    -- `domain::watch::Change`: what was, what is.
    change           jsonb not null
);
create index parcel_watch_hit_of on parcel_watch_hit (watch_id, id);
create trigger parcel_watch_hit_insert_only before update or delete on parcel_watch_hit
    for each row execute function refuse_change();
