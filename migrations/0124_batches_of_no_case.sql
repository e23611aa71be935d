-- A batch of field work of which nothing belongs to a case (a task nobody knows, a body that could not be read) leaves with no case: it
-- has a time of its own. What is sealed of its values is emptied under a row that says so, and its file is removed after.
create table field_batch_erasure (
    batch_id   uuid primary key references field_batch,
    -- `id@version` of the rule.
    rule       text not null,
    at         timestamptz not null,
    made_in    bigint not null default txid_current(),
    removed_at timestamptz
);
create index field_batch_erasure_open on field_batch_erasure (batch_id) where removed_at is null;
create function erase_batch(which uuid) returns void language plpgsql as $$
begin
    perform set_config('diaba.erasing', which::text, true);
    update field_item set sealed = '\x', print = '\x' where batch_id = which and case_id is null;
    perform set_config('diaba.erasing', '', true);
end $$;
create or replace function refuse_change() returns trigger language plpgsql as $$
declare
    run       text := coalesce(current_setting('diaba.erasing', true), '');
    generated text[];
    was       jsonb;
    becomes   jsonb;
begin
    if tg_op = 'UPDATE' and run <> '' and (exists (select from erasure where id = run::uuid and made_in = txid_current())
            or tg_table_name = 'field_item'
               and exists (select from field_batch_erasure where batch_id = run::uuid and made_in = txid_current())) then
        select coalesce(array_agg(a.attname::text), '{}') into generated from pg_attribute a
         where a.attrelid = tg_relid and a.attgenerated <> '' and not a.attisdropped;
        was := to_jsonb(old) - generated;
        becomes := to_jsonb(new) - generated;
        if not exists (select from jsonb_each(becomes) b where b.value is distinct from was -> b.key
                          and not (tg_table_name = 'task_event' and b.key = 'detail' and b.value = (was -> 'detail') - 'reason')
                          and (b.value <> '"\\x"'::jsonb
                               or (tg_table_name::text, b.key) not in (select tab, col from erasable_columns()))) then
            return new;
        end if;
    end if;
    raise exception '% rows are insert-only', tg_table_name using errcode = 'restrict_violation';
end $$;
