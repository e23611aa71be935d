-- The rows of a large layer version lie in a table of their own, so that they are loaded first and indexed after, which is five
-- times as fast, and an import that was interrupted keeps what it had. Small versions share a table, 1024 ids to each.
-- Tables that are there become the first shared segment of their zone; reading them once to prove it takes seconds per million rows.
create table feature_segment (
    zone  integer not null,
    first bigint not null,
    after bigint not null check (after > first),
    primary key (zone, first)
);
comment on table feature_segment is 'ids of layer versions [first, after) whose rows share a table; one id: a large version by itself';
-- Imports on their way: what they were asked, and how far their committed rows go.
create table import_stage (
    layer_version_id bigint primary key references layer_version,
    own              boolean not null,
    settings         text not null check (settings ~ '^[0-9a-f]{64}$'),
    done             jsonb not null
);

-- One look per statement instead of one per row; layer versions are never removed.
alter table feature drop constraint feature_layer_version_id_zone_fkey;
create function feature_holds() returns trigger language plpgsql as $$
begin
    if exists (select from (select distinct zone, layer_version_id from written) w
                where not exists (select from layer_version v where v.id = w.layer_version_id and v.zone = w.zone)) then
        raise exception 'a feature of a layer version that does not exist' using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create trigger feature_holds after insert on feature referencing new table as written for each statement execute function feature_holds();
create trigger feature_still_holds after update on feature referencing new table as written for each statement execute function feature_holds();

-- Makes sure that version v of zone z, a small one, has a table to lie in.
create function feature_room(z integer, v bigint) returns void language plpgsql as $$
declare last bigint; part text := format('feature_%s_s%s', z, v);
begin
    perform pg_advisory_xact_lock(hashtext('feature_segment'), z);
    if exists (select from feature_segment where zone = z and first <= v and after > v) then return; end if;
    last := least((v / 1024 + 1) * 1024, (select min(first) from feature_segment where zone = z and first > v));
    insert into feature_segment values (z, v, last);
    execute format('create table %I partition of %I for values from (%s) to (%s)', part, 'feature_' || z, v, last);
    execute format('create index %I on %I using gist (layer_version_id, geom)', part || '_geom', part);
    execute format('create index %I on %I (layer_version_id, key)', part || '_key', part);
end $$;
-- Passes over ids of versions that lie in a shared table of zone z, so that the next one can have its own.
create function feature_next_own(z integer) returns void language plpgsql as $$
declare seq text := pg_get_serial_sequence('layer_version', 'id'); v bigint; last bigint;
begin
    execute format('select last_value + is_called::int from %s', seq) into v;
    select after into last from feature_segment where zone = z and first <= v and after > v;
    while v < last loop v := nextval(seq) + 1; end loop;
end $$;
-- A table for version v alone, not yet part of the layer; false: its id lies in a shared one.
create function feature_own(z integer, v bigint) returns boolean language plpgsql as $$
declare part text := format('feature_%s_v%s', z, v);
begin
    perform pg_advisory_xact_lock(hashtext('feature_segment'), z);
    if exists (select from feature_segment where zone = z and first <= v and after > v) then return false; end if;
    if not exists (select from layer_version where id = v and zone = z) then
        raise exception 'a table for layer version %, which does not exist', v using errcode = 'foreign_key_violation';
    end if;
    insert into feature_segment values (z, v, v + 1);
    execute format('create table %I (like feature including defaults including constraints, constraint own check (zone = %s and layer_version_id = %s))', part, z, v);
    return true;
end $$;
-- The rows of version v, all in and indexed, become part of the layers.
create function feature_join(z integer, v bigint) returns void language plpgsql as $$
declare part text := format('feature_%s_v%s', z, v);
begin
    execute format('alter table %I add primary key using index %I', part, part || '_fid');
    execute format('alter table %I attach partition %I for values from (%s) to (%s)', 'feature_' || z, part, v, v + 1);
    execute format('alter table %I drop constraint own', part);
end $$;
-- The rows of a version that was never published go.
create function feature_drop(z integer, v bigint) returns void language plpgsql as $$
declare part regclass := to_regclass(format('feature_%s_v%s', z, v));
begin
    if part is not null and not exists (select from pg_inherits where inhrelid = part) then
        execute format('drop table %s', part);
    else
        delete from feature where zone = z and layer_version_id = v;
    end if;
end $$;

create or replace function ensure_zone_partitions(z integer) returns void language plpgsql as $$
declare part text;
begin
    execute format('create table if not exists %I partition of feature for values in (%s) partition by range (layer_version_id)', 'feature_' || z, z);
    foreach part in array array['parcel', 'parcel_version', 'parcel_alias', 'parcel_lineage'] loop
        execute format('create table if not exists %I partition of %I for values in (%s)', part || '_' || z, part, z);
    end loop;
    execute format('create index if not exists %I on %I using gist (geom) where upper_inf(valid)', 'parcel_version_geom_' || z, 'parcel_version_' || z);
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

do $$
declare z integer; part text; shared text; last bigint;
begin
    select (coalesce(max(id), 0) / 1024 + 1) * 1024 into last from layer_version;
    for z in select srid from cadastral_zone loop
        part := 'feature_' || z;
        shared := part || '_s0';
        execute format('alter table feature detach partition %I', part);
        execute format('alter table %I rename to %I', part, shared);
        execute format('alter table %I rename constraint %I to %I', shared, part || '_pkey', shared || '_pkey');
        perform ensure_zone_partitions(z);
        execute format('alter table %I attach partition %I for values from (0) to (%s)', part, shared, last);
        insert into feature_segment values (z, 0, last);
    end loop;
end $$;
