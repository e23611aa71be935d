-- Which verification is the latest, and which opinions came before it: by the order they were kept in, never by a clock that may
-- be set back. Rows that are there are numbered as they were ordered until now. Both tables are written once whole.
alter table verification disable trigger verification_insert_only;
alter table verification add column seq bigint;
update verification v set seq = n.seq from (select id, row_number() over (order by created_at, id) as seq from verification) n where n.id = v.id;
alter table verification alter column seq set not null;
alter table verification alter column seq add generated always as identity, add constraint verification_seq unique (seq);
select setval(pg_get_serial_sequence('verification', 'seq'), coalesce(max(seq), 0) + 1, false) from verification;
alter table verification enable trigger verification_insert_only;
create index verification_case_seq on verification (case_id, seq desc);
create index verification_parcel_seq on verification (zone, parcel_id, seq desc);
drop index verification_case, verification_parcel;

alter table opinion disable trigger opinion_insert_only;
alter table opinion add column seq bigint;
update opinion o set seq = n.seq from (select id, row_number() over (order by created_at, id) as seq from opinion) n where n.id = o.id;
alter table opinion alter column seq set not null;
alter table opinion alter column seq add generated always as identity, add constraint opinion_seq unique (seq);
select setval(pg_get_serial_sequence('opinion', 'seq'), coalesce(max(seq), 0) + 1, false) from opinion;
alter table opinion enable trigger opinion_insert_only;
create index opinion_case_seq on opinion (case_id, seq);
drop index opinion_case;
