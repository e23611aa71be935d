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

-- How rows of a table belong to a case ($1); null: they do not. A new table is found by itself.
create function case_link(tab text) returns text language sql stable as $$
    select case l.col when 'case_id' then 'x.case_id = $1'
                else format('x.%I in (select id from %I where case_id = $1)', l.col, l.of) end
      from (values (1, 'case_id', null), (2, 'contract_id', 'contract'), (3, 'survey_id', 'survey'), (4, 'hand_over_id', 'hand_over'),
                   (5, 'task_id', 'task'), (6, 'verification_id', 'verification'), (7, 'sheet_id', 'option_sheet')) l (no, col, of)
      join information_schema.columns c on c.table_schema = current_schema() and c.table_name = tab and c.column_name = l.col
     order by l.no limit 1
$$;
-- The case of a row of such a table.
create function case_of(tab text) returns text language sql stable as $$
    select case when case_link(tab) = 'x.case_id = $1' then 'x.case_id'
                else regexp_replace(case_link(tab), '^(x\.\S+) in \(select id from (\S+) where.*$', '(select o.case_id from \2 o where o.id = \1)') end
$$;
-- Columns that hold what names people, sealed or as a keyed hash, in rows of a case.
create function erasable_columns() returns table (tab text, col text, link text) language sql stable as $$
    select c.table_name::text, c.column_name::text, case_link(c.table_name::text)
      from information_schema.columns c
     where c.table_schema = current_schema() and c.data_type = 'bytea' and case_link(c.table_name::text) is not null
       and (c.column_name like 'sealed%' or c.column_name in ('inputs', 'result', 'words', 'id_index', 'serial_index', 'code_index'))
     order by 1, 2
$$;
-- How many values of each there are in a case.
create function erasable(which uuid) returns table (place text, n bigint) language plpgsql as $$
declare c record; found bigint;
begin
    for c in select * from erasable_columns() loop
        execute format('select count(*) from %I x where length(x.%I) > 0 and ', c.tab, c.col) || c.link into found using which;
        if found > 0 then
            place := c.tab || '.' || c.col; n := found;
            return next;
        end if;
    end loop;
end $$;
create function erase_case(which uuid, certificate uuid) returns void language plpgsql as $$
declare c record;
begin
    perform set_config('diaba.erasing', certificate::text, true);
    for c in select * from erasable_columns() loop
        execute format('update %I x set %I = ''\x'' where length(x.%I) > 0 and ', c.tab, c.col, c.col) || c.link using which;
    end loop;
    perform set_config('diaba.erasing', '', true);
end $$;
-- Files of a case by SHA-256 (names null), or those of `names` that cases need which are another one and were not erased.
create function case_files(which uuid, names text[]) returns setof text language plpgsql stable as $$
declare c record;
begin
    for c in select f.tab, f.col, case_link(f.tab) as link, case_of(f.tab) as owner
               from (select k.table_name::text as tab, format('x.%I', k.column_name) as col from information_schema.columns k
                      where k.table_schema = current_schema() and k.data_type = 'text' and k.column_name like '%sha256'
                        and k.column_name not in ('facts_sha256', 'manifest_sha256') and k.table_name <> 'archive'
                     union all select 'paper', 'x.scan ->> ''sha256'''
                     union all select 'hand_over', 'jsonb_array_elements(x.files) ->> ''sha256''') f
              where case_link(f.tab) is not null loop
        if names is null then
            return query execute format('select f from (select %s as f from %I x where %s) v where f is not null', c.col, c.tab, c.link)
                using which;
        else
            return query execute format('select f from (select %s as f, %s as owner from %I x) v where f = any($2) and owner <> $1
                    and not exists (select from erasure e where e.case_id = owner)', c.col, c.owner, c.tab) using which, names;
        end if;
    end loop;
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
                          and (b.value <> '"\\x"'::jsonb
                               or (tg_table_name::text, b.key) not in (select tab, col from erasable_columns()))) then
            return new;
        end if;
    end if;
    raise exception '% rows are insert-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger erasure_insert_only before update or delete on erasure for each row execute function refuse_change();
