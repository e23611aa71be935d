-- Publishing writes hundreds of thousands of parcels at once. Nine tenths of the time went into row-by-row foreign keys and an
-- exclusion index. The same things stay forbidden, looked at once per statement. Takes seconds per million parcels.

-- Parcels and layer versions are never removed, so a reference that was right when it was written stays right.
create function refuse_removal() returns trigger language plpgsql as $$
begin
    raise exception '% rows are never removed or renamed', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger parcel_kept before delete or update on parcel for each row execute function refuse_removal();
create trigger layer_version_kept before delete or update of id, zone on layer_version for each row execute function refuse_removal();
alter table parcel drop constraint parcel_zone_fkey; -- a partition is made with its zone, and layers keep the zone
alter table parcel_version drop constraint parcel_version_zone_parcel_id_fkey;
alter table parcel_version drop constraint parcel_version_layer_version_id_zone_fkey;
alter table parcel_alias drop constraint parcel_alias_zone_parcel_id_fkey;

-- Each zone by itself, so that one partition is looked at.
create function parcel_version_holds() returns trigger language plpgsql as $$
declare z integer;
begin
    for z in select distinct zone from written loop
        if exists (select from written w where w.zone = z and not exists (select from parcel p where p.zone = z and p.id = w.parcel_id)) then
            raise exception 'a version of a parcel that does not exist' using errcode = 'foreign_key_violation';
        end if;
        if exists (select from (select distinct layer_version_id as id from written where zone = z and layer_version_id is not null) w
                    where not exists (select from layer_version v where v.id = w.id and v.zone = z)) then
            raise exception 'a parcel of a layer version that does not exist' using errcode = 'foreign_key_violation';
        end if;
        -- Of two versions one is not the first: the first ones, most of a map, need no look at their own history.
        if exists (select from written w join parcel_version o on o.zone = z and o.parcel_id = w.parcel_id and o.version <> w.version and o.valid && w.valid
                    where w.zone = z and w.version > 1)
           or exists (select from written w join parcel_version o on o.zone = z and o.parcel_id = w.parcel_id and o.version > 1 and o.valid && w.valid
                       where w.zone = z and w.version = 1) then
            raise exception 'two versions of a parcel at one time' using errcode = 'exclusion_violation';
        end if;
    end loop;
    return null;
end $$;
create trigger parcel_version_holds after insert on parcel_version referencing new table as written
    for each statement execute function parcel_version_holds();
create trigger parcel_version_still_holds after update on parcel_version referencing new table as written
    for each statement execute function parcel_version_holds();
create function parcel_alias_holds() returns trigger language plpgsql as $$
declare z integer;
begin
    for z in select distinct zone from written loop
        if exists (select from written w where w.zone = z and not exists (select from parcel p where p.zone = z and p.id = w.parcel_id)) then
            raise exception 'a name of a parcel that does not exist' using errcode = 'foreign_key_violation';
        end if;
    end loop;
    return null;
end $$;
create trigger parcel_alias_holds after insert on parcel_alias referencing new table as written
    for each statement execute function parcel_alias_holds();
create trigger parcel_alias_still_holds after update on parcel_alias referencing new table as written
    for each statement execute function parcel_alias_holds();

-- Ended versions, few, keep the exclusion constraint; that one is current the unique index says; the rest says the trigger.
create or replace function ensure_zone_partitions(z integer) returns void language plpgsql as $$
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
    execute format('create index if not exists %I on %I (parcel_id) where version > 1', 'parcel_version_later_' || z, 'parcel_version_' || z);
    execute format('create index if not exists %I on %I (sheet, number)', 'parcel_alias_number_' || z, 'parcel_alias_' || z);
    execute format('create index if not exists %I on %I (parcel_id)', 'parcel_alias_parcel_' || z, 'parcel_alias_' || z);
    execute format('alter table %I drop constraint if exists %I', 'parcel_version_' || z, 'parcel_version_no_overlap_' || z);
    if not exists (select from pg_constraint where conname = 'parcel_version_ended_apart_' || z) then
        execute format('alter table %I add constraint %I exclude using gist (parcel_id with =, valid with &&) where (not upper_inf(valid))',
                       'parcel_version_' || z, 'parcel_version_ended_apart_' || z);
    end if;
end $$;
do $$
declare z integer;
begin
    for z in select srid from cadastral_zone loop perform ensure_zone_partitions(z); end loop;
end $$;
