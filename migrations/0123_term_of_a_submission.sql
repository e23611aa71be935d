-- Each step says where the dossier stands since, and when the authority's term ends then: lists and counts ask for what runs now, not
-- for what it was on the first day. Steps of before say where they stand; their term is the first one.
alter table submission_step add column standing text, add column due date;
alter table submission_step disable trigger submission_step_insert_only;
update submission_step t set standing = case what when 'answered' then 'at_work' else what end,
       due = case what when 'answered' then (select s.due from submission s where s.id = t.submission_id) end;
alter table submission_step enable trigger submission_step_insert_only;
alter table submission_step alter column standing set not null,
    add constraint submission_step_standing check (standing in ('at_work', 'asked_more', 'granted', 'refused', 'withdrawn')),
    add constraint submission_step_due check (due is null or standing = 'at_work');
