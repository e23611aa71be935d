-- Opinions are linked into the chain as verifications are. And what is noted is hashed where it is noted: what was changed between
-- the act and its link is found. Notes that are there get their hash when they are linked, as before. The checks read both tables once.
alter table proof_pending
    drop constraint proof_pending_kind_check,
    add constraint proof_pending_kind_check check (kind in ('verification', 'audit', 'opinion')),
    add column digest text check (digest ~ '^[0-9a-f]{64}$');
alter table proof_link
    drop constraint proof_link_kind_check,
    add constraint proof_link_kind_check check (kind in ('verification', 'audit', 'opinion'));
create or replace function proof_note() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'audit' then
        insert into proof_pending (kind, subject, digest) select 'audit', a.id::text, audit_digest(row(a.*)::audit) from added a;
    else
        insert into proof_pending (kind, subject, digest) select tg_table_name, a.id::text, a.digest from added a;
    end if;
    return null;
end $$;
create trigger opinion_noted after insert on opinion referencing new table as added for each statement execute function proof_note();
insert into proof_pending (kind, subject, digest) select 'opinion', id::text, digest from opinion;
