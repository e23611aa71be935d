-- What a device sent leaves with its cases. The raw body of a batch lies among the files, sealed, and belongs to every case it holds a
-- value of: seen as a table of files of cases (`case_files` finds it by its columns), it leaves the store with the last of them.
-- The keyed hash of each item goes with what is sealed of it.
create view field_batch_of_case as
    select distinct i.case_id, b.sha256 from field_item i join field_batch b on b.id = i.batch_id where i.case_id is not null;
alter table field_item drop constraint field_item_staff_id_item_id_print_key;
create unique index field_item_once on field_item (staff_id, item_id, print) where length(print) > 0;
create or replace function erasable_columns() returns table (tab text, col text, link text) language sql stable as $$
    select c.table_name::text, c.column_name::text, case_link(c.table_name::text)
      from information_schema.columns c
     where c.table_schema = current_schema() and c.data_type = 'bytea' and case_link(c.table_name::text) is not null
       and (c.column_name like 'sealed%'
            or c.column_name in ('inputs', 'result', 'words', 'id_index', 'serial_index', 'code_index', 'print'))
     order by 1, 2
$$;
