-- Parcels with their whole history; nothing is overwritten. Partitioned by cadastral zone.
create table parcel (
    zone       integer not null references cadastral_zone,
    id         uuid not null,
    created_at timestamptz not null,
    primary key (zone, id)
) partition by list (zone);

create table parcel_version (
    zone             integer not null,
    parcel_id        uuid not null,
    version          integer not null check (version > 0),
    commune_code     text not null check (commune_code ~ '^[0-9A-Za-z]{1,12}$'),
    sheet            text not null,
    number           text not null,
    edition          text not null default '',
    scale            integer check (scale > 0),
    registered_area  double precision check (registered_area >= 0),
    map_area         double precision check (map_area >= 0),
    land_use         text[] not null default '{}',
    address          text,
    attrs            jsonb not null default '{}',
    geom             geometry,
    layer_version_id bigint,
    feature_fid      bigint,
    row_hash         bytea not null,
    valid            tstzrange not null,
    primary key (zone, parcel_id, version),
    foreign key (zone, parcel_id) references parcel (zone, id),
    foreign key (layer_version_id, zone) references layer_version (id, zone),
    check (not isempty(valid)),
    check (geom is null or (st_srid(geom) = zone and st_isvalid(geom) and geometrytype(geom) in ('POLYGON', 'MULTIPOLYGON')))
) partition by list (zone);
comment on column parcel_version.geom is 'null: in the register, not on the map';
comment on column parcel_version.registered_area is 'null: on the map, not in the register';

create table parcel_alias (
    zone         integer not null,
    parcel_id    uuid not null,
    commune_code text not null,
    sheet        text not null,
    number       text not null,
    edition      text not null default '',
    reason       text not null check (reason in ('current', 'renumbered', 'commune_merged', 're_survey', 'split', 'merge', 'declared')),
    valid        tstzrange not null,
    primary key (zone, commune_code, sheet, number, edition, parcel_id, valid),
    foreign key (zone, parcel_id) references parcel (zone, id)
) partition by list (zone);

create table parcel_lineage (
    zone        integer not null,
    from_parcel uuid not null,
    to_parcel   uuid not null,
    kind        text not null check (kind in ('split', 'merge', 'renumber', 're_survey')),
    at          timestamptz not null,
    source      text not null,
    primary key (zone, from_parcel, to_parcel, kind, at),
    foreign key (zone, from_parcel) references parcel (zone, id),
    foreign key (zone, to_parcel) references parcel (zone, id),
    check (from_parcel <> to_parcel or kind in ('renumber', 're_survey'))
) partition by list (zone);

-- PostgreSQL 15 has no exclusion constraint over partitions, so each partition gets its own; likewise the spatial index.
create function ensure_zone_partitions(z integer) returns void language plpgsql as $$
declare part text;
begin
    foreach part in array array['feature', 'parcel', 'parcel_version', 'parcel_alias', 'parcel_lineage'] loop
        execute format('create table if not exists %I partition of %I for values in (%s)', part || '_' || z, part, z);
    end loop;
    execute format('create index if not exists %I on %I using gist (layer_version_id, geom)', 'feature_geom_' || z, 'feature_' || z);
    execute format('create index if not exists %I on %I (layer_version_id, key)', 'feature_key_' || z, 'feature_' || z);
    execute format('create index if not exists %I on %I using gist (geom) where upper_inf(valid)', 'parcel_version_geom_' || z, 'parcel_version_' || z);
    execute format('create index if not exists %I on %I (commune_code, sheet, number)', 'parcel_version_ref_' || z, 'parcel_version_' || z);
    execute format('create unique index if not exists %I on %I (parcel_id) where upper_inf(valid)', 'parcel_version_current_' || z, 'parcel_version_' || z);
    execute format('create index if not exists %I on %I (sheet, number)', 'parcel_alias_number_' || z, 'parcel_alias_' || z);
    execute format('create index if not exists %I on %I (parcel_id)', 'parcel_alias_parcel_' || z, 'parcel_alias_' || z);
    if not exists (select from pg_constraint where conname = 'parcel_version_no_overlap_' || z) then
        execute format('alter table %I add constraint %I exclude using gist (parcel_id with =, valid with &&)',
                       'parcel_version_' || z, 'parcel_version_no_overlap_' || z);
    end if;
end $$;
create function zone_gets_partitions() returns trigger language plpgsql as $$
begin
    perform ensure_zone_partitions(new.srid);
    return null;
end $$;
create trigger zone_gets_partitions after insert on cadastral_zone for each row execute function zone_gets_partitions();
