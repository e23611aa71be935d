-- A row that was set aside may be the very one that lies on a parcel: where it lies, its version covers nothing, and where that
-- is not known, no part of its version can be called complete. Versions from before keep what they said of themselves: verdicts rest on it.
alter table import_issue add column extent geometry(Polygon);
comment on column import_issue.extent is 'box of a row that was set aside, where its coordinates could be read';
alter table layer_version add column set_aside geometry(MultiPolygon);
comment on column layer_version.set_aside is 'boxes of rows that were set aside; cut out of the coverage';
alter table layer_version add column rows_unplaced bigint check (rows_unplaced >= 0);
comment on column layer_version.rows_unplaced is 'rows set aside that may lie anywhere; null: from before this was counted';
