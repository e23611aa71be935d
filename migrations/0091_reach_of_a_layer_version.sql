-- A centre line takes the ground on both sides of it: a verification must look as far as the widest strip of a version reaches.
alter table layer_version add column reach_m double precision check (reach_m >= 0);
comment on column layer_version.reach_m is 'largest half width of a row (m); null: from before this was measured';
