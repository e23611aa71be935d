-- TRUNCATE passes by the triggers that keep single rows. No table is emptied but those that hold what is under way or can be made
-- again. Asked at setup too, so that tables of later files are kept without a word of their own.
create function refuse_truncate() returns trigger language plpgsql as $$
begin
    raise exception '% is never emptied', tg_table_name using errcode = 'restrict_violation';
end $$;
-- A table and, as such triggers do not go down by themselves, its partitions.
create function keep_from_truncate(tab regclass) returns void language plpgsql as $$
declare part regclass;
begin
    for part in select tab union select relid from pg_partition_tree(tab) loop
        if not exists (select from pg_trigger where tgrelid = part and tgname = 'kept_from_truncate') then
            execute format('create trigger kept_from_truncate before truncate on %s for each statement execute function refuse_truncate()', part);
        end if;
    end loop;
end $$;
-- Tables of this schema that may be emptied. `feature`: rows of maps, which are in the files as they were sent, by their hashes.
create function may_be_emptied() returns text[] language sql immutable as $$
    select array['_sqlx_migrations', 'job', 'job_schedule', 'session', 'idempotency', 'sign_in_failure', 'import_stage', 'proof_pending',
                 'feature', 'feature_segment']
$$;
create function keep_from_truncate() returns void language sql as $$
    select keep_from_truncate(c.oid) from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname <> all(may_be_emptied())
       and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
$$;
create function zone_is_kept() returns trigger language plpgsql as $$
begin
    perform keep_from_truncate(t::regclass) from unnest(array['parcel', 'parcel_version', 'parcel_alias', 'parcel_lineage']) t;
    return null;
end $$;
-- By its name after `zone_gets_partitions`.
create trigger zone_is_kept after insert on cadastral_zone for each row execute function zone_is_kept();
select keep_from_truncate();
