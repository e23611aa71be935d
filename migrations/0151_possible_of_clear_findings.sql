-- "Clear" beside a boundary that lies within the accuracy of both maps: a run keeps that finding with its interval too, so that whoever looks
-- for parcels that may be hit finds them.
alter table verification_run add column possible bigint not null default 0;
alter table run_finding_kind drop constraint run_finding_kind_verdict_check,
    add constraint run_finding_kind_verdict_check check (verdict in ('hit', 'clear', 'partly_covered', 'not_covered', 'stale_source', 'failed'));
