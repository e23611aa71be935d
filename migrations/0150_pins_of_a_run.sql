-- A run judges by what was in force when it was planned, whatever is published until its last chunk: layer versions, themes, rules and engine
-- stand in `pins` (`domain::batch::RunPins`), and parcels with their map's names and steps are read as of the pinned instant. Null: not
-- planned yet, or planned before this file; such a run is cancelled and begun anew. Ended rows get an index: some 10 s for a million.
alter table verification_run add column pins jsonb;

create or replace function ensure_zone_partitions(z integer) returns void language plpgsql as $$
declare part text;
begin
    execute format('create table if not exists %I partition of feature for values in (%s) partition by range (layer_version_id)', 'feature_' || z, z);
    foreach part in array array['parcel', 'parcel_version', 'parcel_alias', 'parcel_lineage'] loop
        execute format('create table if not exists %I partition of %I for values in (%s)', part || '_' || z, part, z);
    end loop;
    execute format('create index if not exists %I on %I using gist (geom) where upper_inf(valid)', 'parcel_version_geom_' || z, 'parcel_version_' || z);
    execute format('create index if not exists %I on %I using gist (geom) where not upper_inf(valid)', 'parcel_version_ended_' || z, 'parcel_version_' || z);
    execute format('create index if not exists %I on %I (commune_code, sheet, number)', 'parcel_version_ref_' || z, 'parcel_version_' || z);
    execute format('create unique index if not exists %I on %I (parcel_id) where upper_inf(valid)', 'parcel_version_current_' || z, 'parcel_version_' || z);
    execute format('create index if not exists %I on %I (parcel_id) where version > 1', 'parcel_version_later_' || z, 'parcel_version_' || z);
    execute format('create index if not exists %I on %I (sheet, number)', 'parcel_alias_number_' || z, 'parcel_alias_' || z);
    execute format('create index if not exists %I on %I (parcel_id)', 'parcel_alias_parcel_' || z, 'parcel_alias_' || z);
    if not exists (select from pg_constraint where conname = 'parcel_version_ended_apart_' || z) then
        execute format('alter table %I add constraint %I exclude using gist (parcel_id with =, valid with &&) where (not upper_inf(valid))',
                       'parcel_version_' || z, 'parcel_version_ended_apart_' || z);
    end if;
end $$;
select ensure_zone_partitions(srid) from cadastral_zone;

-- Names and steps without those that a map published after `moment` brought. What people record is no map: it holds when it is read.
create function map_name(moment timestamptz) returns setof parcel_name language sql stable as $$
    select * from parcel_name where act_id is not null or reason = 'declared' or coalesce(lower(valid), upper(valid), '-infinity') <= moment
$$;
create function map_step(moment timestamptz) returns setof parcel_step language sql stable as $$
    select * from parcel_step where act_id is not null or at <= moment
$$;
