-- The raw body of a field batch lies among the files, sealed, and belongs to every case it holds a value of. Seen as a table of
-- files of cases (`case_files` finds it by its columns), it leaves the store with the last of them.
create view field_batch_of_case as
    select distinct i.case_id, b.sha256 from field_item i join field_batch b on b.id = i.batch_id where i.case_id is not null;
