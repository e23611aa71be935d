-- A code that was guessed wrongly too often opens nothing any more, until the customer is invited anew.
alter table account_invitation add column wrong bigint not null default 0 check (wrong >= 0);
