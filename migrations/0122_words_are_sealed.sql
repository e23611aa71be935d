-- Words that people write about a task (why it was handed back, paused, moved or missed; where it is) and titles of papers that an
-- authority asks for may name people: they are sealed, and go with the erasure of the case. Codes stay in clear.
alter table task_event add column sealed bytea;
alter table task add column sealed_place bytea;
do $$
declare old text;
begin
    select conname into strict old from pg_constraint
     where conrelid = 'task'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%appointment_at IS NULL%place_text IS NOT NULL%';
    execute format('alter table task drop constraint %I', old);
end $$;
alter table task add constraint task_place_known
    check (appointment_at is null or place_text is not null or sealed_place is not null);
-- The event of the task has the same words.
alter table appointment drop column reason;
-- A titled item: what it asks for, sealed, and a keyed hash of it to know the paper by that comes.
alter table request_item add column sealed_title bytea, add column print bytea,
    add constraint request_item_title check ((paper_kind = 'titled') = (sealed_title is not null) and (sealed_title is null) = (print is null));
drop index request_item_once;
create unique index request_item_once on request_item
    (case_id, need, paper_kind, coalesce(print, ''), coalesce(paper_id, '00000000-0000-0000-0000-000000000000'))
    where state = 'open' and (print is null or length(print) > 0);

-- What was written in clear before this goes with its case as well.
create or replace function erase_case(which uuid, certificate uuid) returns void language plpgsql as $$
declare c record;
begin
    perform set_config('diaba.erasing', certificate::text, true);
    for c in select * from erasable_columns() loop
        execute format('update %I x set %I = ''\x'' where length(x.%I) > 0 and ', c.tab, c.col, c.col) || c.link using which;
    end loop;
    update task_event set detail = detail - 'reason' where detail ? 'reason' and task_id in (select id from task where case_id = which);
    update task set place_text = '' where case_id = which and place_text <> '';
    update task set subject = id::text where case_id = which and kind = 'appointment';
    update request_item set paper_kind = 'titled', sealed_title = '\x', print = '\x'
     where case_id = which and because = 'agency' and paper_kind <> 'titled';
    perform set_config('diaba.erasing', '', true);
end $$;
create or replace function refuse_change() returns trigger language plpgsql as $$
declare
    run       text := coalesce(current_setting('diaba.erasing', true), '');
    generated text[];
    was       jsonb;
    becomes   jsonb;
begin
    if tg_op = 'UPDATE' and run <> '' and exists (select from erasure where id = run::uuid and made_in = txid_current()) then
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
