-- A map that changed proposes a run over its ground. Who sees that none is needed says so, with a reason: the proposal is gone until the
-- map changes again.
create table run_proposal_dismissal (
    layer_version_id bigint not null references layer_version,
    -- The change that is dismissed: when the version was published, or withdrawn.
    changed_at       timestamptz not null,
    reason           text not null check (length(reason) between 10 and 500),
    dismissed_by     text not null,
    dismissed_at     timestamptz not null,
    primary key (layer_version_id, changed_at)
);
create trigger run_proposal_dismissal_insert_only before update or delete on run_proposal_dismissal
    for each row execute function refuse_change();
select keep_from_truncate();
