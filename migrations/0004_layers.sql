-- Layers, their versions, and the features; partitioned by cadastral zone.
create table theme (
    code       text primary key check (code ~ '^[a-z][a-z0-9_]{0,59}$'),
    definition jsonb not null,
    hash       text not null,
    updated_at timestamptz not null default now()
);
create table layer (
    id         uuid primary key,
    code       text not null unique check (code ~ '^[a-z][a-z0-9_.-]{0,79}$'),
    theme      text not null references theme,
    zone       integer not null references cadastral_zone,
    title      text not null,
    created_at timestamptz not null
);
create type layer_version_state as enum ('staging', 'checked', 'published', 'superseded', 'discarded');
create table layer_version (
    id            bigint generated always as identity primary key,
    layer_id      uuid not null references layer,
    zone          integer not null references cadastral_zone,
    -- One map sheet or commune may be replaced without the others: "current" is per layer and coverage key.
    coverage_key  text not null default 'all',
    number        integer not null,
    state         layer_version_state not null default 'staging',
    source_name   text not null,
    source_sha256 text not null check (source_sha256 ~ '^[0-9a-f]{64}$'),
    source_date   date not null,
    decision      text,
    declared_crs  text not null,
    encoding      jsonb not null default '{}',
    profile       jsonb not null default '{}',
    accuracy_m    double precision not null check (accuracy_m >= 0),
    scale         integer check (scale > 0),
    coverage      geometry(MultiPolygon),
    rows_read     bigint not null default 0,
    rows_good     bigint not null default 0,
    rows_bad      bigint not null default 0,
    content_hash  text check (content_hash ~ '^[0-9a-f]{64}$'),
    imported_by   text not null,
    imported_at   timestamptz not null,
    published_at  timestamptz,
    superseded_at timestamptz,
    unique (layer_id, coverage_key, number),
    unique (id, zone),
    check (coverage is null or (st_srid(coverage) = zone and st_isvalid(coverage))),
    check (state not in ('published', 'superseded') or (published_at is not null and content_hash is not null and coverage is not null)),
    check (state <> 'superseded' or superseded_at is not null)
);
create unique index layer_version_one_current on layer_version (layer_id, coverage_key) where state = 'published';
create index layer_version_zone on layer_version (zone) where state = 'published';

create table feature (
    zone             integer not null,
    layer_version_id bigint not null,
    fid              bigint not null,
    key              text,
    code             text,
    label            text,
    attrs            jsonb not null default '{}',
    geom             geometry,
    row_hash         bytea not null,
    primary key (zone, layer_version_id, fid),
    foreign key (layer_version_id, zone) references layer_version (id, zone) on delete cascade,
    check (geom is null or (st_srid(geom) = zone and st_isvalid(geom) and not st_isempty(geom)))
) partition by list (zone);

-- Rows set aside at import, and remarks on rows that went on. Nothing that was sent is lost.
create table import_issue (
    layer_version_id bigint not null references layer_version on delete cascade,
    no               integer not null,
    row_no           bigint not null,
    set_aside        boolean not null,
    code             text not null,
    detail           jsonb not null default '{}',
    place            geometry(Point),
    raw              jsonb,
    primary key (layer_version_id, no)
);
create index import_issue_code on import_issue (layer_version_id, code);
