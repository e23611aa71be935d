-- How a problem of a case was solved, in the words of who solved it: they may name people. None: solved by another act, or before this.
alter table case_issue add column sealed_how bytea, add check (sealed_how is null or resolved_at is not null);
