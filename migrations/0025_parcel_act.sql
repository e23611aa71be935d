-- Splits, merges, renumberings and re-surveys that a person recorded from a decision, beside those that maps showed.
-- A parcel of before that no map ever held is known by its name alone.
create table parcel_act (
    id          uuid primary key,
    zone        integer not null references cadastral_zone,
    kind        text not null check (kind in ('split', 'merge', 'renumber', 're_survey')),
    effective   date not null,
    decision    text not null check (length(decision) between 3 and 300),
    -- `commune/sheet/number` as the decision names them.
    from_names  text[] not null check (cardinality(from_names) > 0),
    to_parcels  uuid[] not null check (cardinality(to_parcels) > 0),
    recorded_by text not null,
    recorded_at timestamptz not null
);
create index parcel_act_to on parcel_act using gin (to_parcels);
create trigger parcel_act_insert_only before update or delete on parcel_act for each row execute function refuse_change();
