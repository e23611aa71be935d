-- Personal data of a case that is kept no longer: what was deleted, when, by which rule, by hashes and never the data itself;
-- and holds that keep it. Rows that never change may lose what is sealed in them, under a certificate and in no other way.
create table legal_hold (
    id        uuid primary key,
    case_id   uuid not null references case_file,
    -- Without personal data.
    reason    text not null check (length(reason) between 3 and 500),
    placed_by text not null,
    placed_at timestamptz not null,
    lifted_by text,
    lifted_at timestamptz,
    check ((lifted_by is null) = (lifted_at is null))
);
create unique index legal_hold_once on legal_hold (case_id) where lifted_at is null;
create table erasure (
    id          uuid primary key,
    case_id     uuid not null unique references case_file,
    rule        text not null,
    -- `domain::retention::Certificate`, canonical, with its SHA-256 and our signature over it.
    certificate text not null,
    digest      text not null check (digest ~ '^[0-9a-f]{64}$'),
    key_id      text not null references signing_key,
    signature   bytea not null check (length(signature) = 64),
    at          timestamptz not null,
    -- The transaction that deletes under it: no other may.
    made_in     bigint not null default txid_current()
);
-- Files that go with it; they are removed from the store after the rows.
create table erasure_file (
    erasure_id uuid not null references erasure,
    kind       text not null check (kind in ('file', 'archive')),
    -- SHA-256, or id of the archive.
    name       text not null,
    removed_at timestamptz,
    primary key (erasure_id, kind, name)
);
create index erasure_file_open on erasure_file (erasure_id) where removed_at is null;

-- Columns that hold what names people, sealed or as a keyed hash, in rows of a case; a new table is found by itself.
create function erasable_columns() returns table (tab text, col text) language sql stable as $$
    select c.table_name::text, c.column_name::text
      from information_schema.columns c
     where c.table_schema = current_schema() and c.data_type = 'bytea'
       and (c.column_name like 'sealed%' or c.column_name in ('inputs', 'result', 'words', 'id_index', 'serial_index', 'code_hash', 'code_index'))
       and exists (select from information_schema.columns k
                    where k.table_schema = current_schema() and k.table_name = c.table_name and k.column_name = 'case_id')
     order by 1, 2
$$;
-- How many values of each there are in a case.
create function erasable(which uuid) returns table (place text, n bigint) language plpgsql as $$
declare c record; found bigint;
begin
    for c in select * from erasable_columns() loop
        execute format('select count(*) from %I where case_id = $1 and length(%I) > 0', c.tab, c.col) into found using which;
        if found > 0 then
            place := c.tab || '.' || c.col; n := found;
            return next;
        end if;
    end loop;
    select count(*) into found from survey_answer a join survey s on s.id = a.survey_id where s.case_id = which and length(a.sealed) > 0;
    if found > 0 then
        place := 'survey_answer.sealed'; n := found;
        return next;
    end if;
end $$;
create function erase_case(which uuid, certificate uuid) returns void language plpgsql as $$
declare c record;
begin
    perform set_config('diaba.erasing', certificate::text, true);
    for c in select * from erasable_columns() loop
        execute format('update %I set %I = ''\x'' where case_id = $1 and length(%I) > 0', c.tab, c.col, c.col) using which;
    end loop;
    update survey_answer set sealed = '\x' where survey_id in (select id from survey where case_id = which) and length(sealed) > 0;
    perform set_config('diaba.erasing', '', true);
end $$;
-- Files of a case by SHA-256 (names null), or those of `names` that other cases need, which were not erased.
create function case_files(which uuid, names text[]) returns setof text language plpgsql stable as $$
declare c record; these text;
begin
    these := case when names is null then 'x.case_id = $1'
        else 'x.case_id <> $1 and f = any($2) and not exists (select from erasure e where e.case_id = x.case_id)' end;
    for c in select k.table_name as tab, k.column_name as col from information_schema.columns k
              where k.table_schema = current_schema() and k.data_type = 'text' and k.column_name like '%sha256'
                and k.column_name not in ('facts_sha256', 'manifest_sha256') and k.table_name <> 'archive'
                and exists (select from information_schema.columns o where o.table_schema = current_schema()
                               and o.table_name = k.table_name and o.column_name = 'case_id') loop
        return query execute format('select distinct f from %I x, lateral (select x.%I as f) v where f is not null and %s', c.tab, c.col, these)
            using which, names;
    end loop;
    return query execute 'select distinct f from paper x, lateral (select x.scan ->> ''sha256'' as f) v where f is not null and ' || these
        using which, names;
    return query execute 'select distinct f from hand_over x, jsonb_array_elements(x.files) j, lateral (select j ->> ''sha256'' as f) v where ' || these
        using which, names;
    return query execute 'select distinct f from hand_over x join hand_over_done d on d.hand_over_id = x.id, lateral (select d.signed_sha256 as f) v
        where f is not null and ' || these using which, names;
    return query execute 'select distinct f from task x join task_photo p on p.task_id = x.id, lateral (select p.sha256 as f) v where ' || these
        using which, names;
end $$;
-- The rule of insert-only rows, with its one exception: in the transaction that wrote the certificate, sealed columns are emptied.
create or replace function refuse_change() returns trigger language plpgsql as $$
declare
    run     text := coalesce(current_setting('diaba.erasing', true), '');
    was     jsonb;
    becomes jsonb;
begin
    if tg_op = 'UPDATE' and run <> '' and exists (select from erasure where id = run::uuid and made_in = txid_current()) then
        was := to_jsonb(old);
        becomes := to_jsonb(new);
        if not exists (select from jsonb_each(becomes) b where b.value is distinct from was -> b.key
                          and (b.value <> '"\\x"'::jsonb or (tg_table_name::text, b.key) not in (select tab, col from erasable_columns()
                                  union all select 'survey_answer', 'sealed'))) then
            return new;
        end if;
    end if;
    raise exception '% rows are insert-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger erasure_insert_only before update or delete on erasure for each row execute function refuse_change();
