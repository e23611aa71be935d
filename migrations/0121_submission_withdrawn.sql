-- A dossier may be taken back, or may have been noted wrongly: a step more, and its receipt's number is free for what is right then.
-- Two at once for one number wait for each other.
alter table submission_step drop constraint submission_step_what_check,
    add constraint submission_step_what_check check (what in ('asked_more', 'answered', 'granted', 'refused', 'withdrawn'));
alter table submission drop constraint submission_agency_receipt_number_key;
create index submission_receipt on submission (agency, receipt_number);
create function submission_receipt_once() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(new.agency || chr(10) || new.receipt_number, 121));
    if exists (select from submission s where s.agency = new.agency and s.receipt_number = new.receipt_number
                  and not exists (select from submission_step t where t.submission_id = s.id and t.what = 'withdrawn')) then
        raise exception 'receipt % of % is known', new.receipt_number, new.agency
            using errcode = 'unique_violation', constraint = 'submission_receipt_once';
    end if;
    return new;
end $$;
create trigger submission_receipt_once before insert on submission for each row execute function submission_receipt_once();
