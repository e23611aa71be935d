-- How it was proved that the rows of a version lie where they should (or the reason for which a person forced it): a verdict that
-- rests on the version rests on this too.
alter table layer_version add column placed jsonb not null default '{}';
