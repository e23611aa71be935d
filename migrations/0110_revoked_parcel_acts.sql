-- What a person recorded of a parcel may be wrong. It is revoked by a new fact, which says who, when and why; nothing is erased, and what was
-- so until that day is answered so. Names and steps say which act they came of (none: a map). Keys are built anew: some 10 s for 5 million names.
create table parcel_act_revocation (
    act_id     uuid primary key references parcel_act,
    revoked_by text not null,
    revoked_at timestamptz not null,
    reason     text not null check (length(reason) between 10 and 500)
);
create trigger parcel_act_revocation_insert_only before update or delete on parcel_act_revocation
    for each row execute function refuse_change();

alter table parcel_lineage add column act_id uuid;
alter table parcel_alias add column act_id uuid;
alter table parcel_lineage disable trigger parcel_lineage_insert_only;
update parcel_lineage l set act_id = a.id from parcel_act a
 where a.zone = l.zone and a.kind = l.kind and a.decision = l.source and l.to_parcel = any(a.to_parcels)
   and l.at = a.effective::timestamp at time zone 'Asia/Ho_Chi_Minh';
alter table parcel_lineage enable trigger parcel_lineage_insert_only;
alter table parcel_alias disable trigger parcel_alias_insert_only;
update parcel_alias l set act_id = a.id from parcel_act a
 where a.zone = l.zone and l.parcel_id = any(a.to_parcels) and l.commune_code || '/' || l.sheet || '/' || l.number = any(a.from_names)
   and l.reason in ('split', 'merge', 'renumbered', 're_survey') and upper(l.valid) = a.effective::timestamp at time zone 'Asia/Ho_Chi_Minh';
alter table parcel_alias enable trigger parcel_alias_insert_only;

-- What was revoked may be recorded anew, under the right decision.
alter table parcel_lineage drop constraint parcel_lineage_pkey,
    add constraint parcel_lineage_once unique nulls not distinct (zone, from_parcel, to_parcel, kind, at, act_id),
    add foreign key (act_id) references parcel_act;
alter table parcel_alias drop constraint parcel_alias_pkey,
    add constraint parcel_alias_once unique nulls not distinct (zone, commune_code, sheet, number, edition, parcel_id, valid, act_id),
    add foreign key (act_id) references parcel_act;
create index parcel_act_from on parcel_act using gin (from_names);

-- What stands today. Queries as of an earlier day look at the tables themselves.
create view parcel_name as
    select * from parcel_alias a where a.act_id is null or not exists (select from parcel_act_revocation r where r.act_id = a.act_id);
create view parcel_step as
    select * from parcel_lineage l where l.act_id is null or not exists (select from parcel_act_revocation r where r.act_id = l.act_id);
