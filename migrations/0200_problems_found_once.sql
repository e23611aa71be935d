-- What a problem comes from that the service raised by itself: while it is open, the same raises no second one.
alter table case_issue add column origin text check (origin ~ '^[a-z]+/[a-z0-9_./-]{1,160}$');
create unique index case_issue_once on case_issue (case_id, origin) where resolved_at is null;
