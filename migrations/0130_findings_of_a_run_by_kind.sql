-- Findings of a run differ in few ways: by what was checked, on what, with which verdict, by which rule. Such a kind is kept once per
-- chunk, and a verification names its kinds beside its own numbers: one row of a parcel instead of twenty. `run_finding` still shows
-- a row per finding. What was kept before is moved, some 100,000 findings a second.
create table run_finding_kind (
    run_id           uuid not null,
    chunk            integer not null,
    -- Place in the chunk's list, from 0.
    kind             integer not null,
    check_id         text not null,
    subject          text not null,
    verdict          text not null check (verdict in ('hit', 'partly_covered', 'not_covered', 'stale_source', 'failed')),
    effect           text not null check (effect in ('none', 'needs_papers', 'needs_person', 'blocks')),
    certainty        text check (certainty in ('certain', 'possible', 'none')),
    unit             text,
    layer_version_id bigint,
    rule             text,
    primary key (run_id, chunk, kind)
);
alter table run_verification
    -- Findings that weigh, in the record's order: place in the record, kind, numbers.
    add column finding_no smallint[] not null default '{}',
    add column finding_kind integer[] not null default '{}',
    add column measured double precision[] not null default '{}',
    add column allowed double precision[] not null default '{}',
    add column area_low double precision[] not null default '{}',
    add column area_high double precision[] not null default '{}',
    add check (cardinality(finding_no) = all (array[cardinality(finding_kind), cardinality(measured), cardinality(allowed),
                                                    cardinality(area_low), cardinality(area_high)]));
alter table run_verification disable trigger run_verification_insert_only;
insert into run_finding_kind
select run_id, chunk, row_number() over (partition by run_id, chunk) - 1, check_id, subject, verdict, effect, certainty, unit, layer_version_id, rule
  from (select distinct run_id, chunk, check_id, subject, verdict, effect, certainty, unit, layer_version_id, rule from run_finding) k;
update run_verification v
   set finding_no = f.nos, finding_kind = f.kinds, measured = f.measured, allowed = f.allowed, area_low = f.low, area_high = f.high
  from (select f.run_id, f.chunk, f.place, array_agg(f.no order by f.no) as nos, array_agg(k.kind order by f.no) as kinds,
               array_agg(f.measured order by f.no) as measured, array_agg(f.allowed order by f.no) as allowed,
               array_agg(f.area_low order by f.no) as low, array_agg(f.area_high order by f.no) as high
          from run_finding f join run_finding_kind k on (k.run_id, k.chunk, k.check_id, k.subject, k.verdict, k.effect) =
                   (f.run_id, f.chunk, f.check_id, f.subject, f.verdict, f.effect)
               and (k.certainty, k.unit, k.layer_version_id, k.rule) is not distinct from (f.certainty, f.unit, f.layer_version_id, f.rule)
         group by 1, 2, 3) f
 where (v.run_id, v.chunk, v.place) = (f.run_id, f.chunk, f.place);
alter table run_verification enable trigger run_verification_insert_only;
drop table run_finding;
create trigger run_finding_kind_insert_only before update or delete on run_finding_kind for each row execute function refuse_change();
select keep_from_truncate();
create view run_finding as
select v.run_id, v.chunk, v.place, f.no, v.zone, v.parcel_id, k.check_id, k.subject, k.verdict, k.effect, k.certainty, f.measured, f.allowed, k.unit,
       f.area_low, f.area_high, k.layer_version_id, k.rule
  from run_verification v
 cross join lateral unnest(v.finding_no, v.finding_kind, v.measured, v.allowed, v.area_low, v.area_high)
                 as f(no, kind, measured, allowed, area_low, area_high)
  join run_finding_kind k on (k.run_id, k.chunk, k.kind) = (v.run_id, v.chunk, f.kind);
