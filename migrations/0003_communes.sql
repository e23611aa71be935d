-- Administrative units, today's and old ones, and what became of them.
create table province (
    code text primary key check (code ~ '^[0-9]{2}$'),
    name text not null
);
create table commune (
    code          text primary key check (code ~ '^[0-9]{5}$'),
    name          text not null,
    kind          text not null check (kind in ('phuong', 'xa', 'thi_tran', 'dac_khu', 'other')),
    province_code text references province,
    district      text,
    old_province  text,
    valid_from    date,
    valid_to      date,
    zone          integer references cadastral_zone
);
create index commune_name on commune using gin (name gin_trgm_ops);
-- An old code can live on as a new one (another unit, the same code), so the old unit has its own table.
create table commune_old (
    code       text primary key check (code ~ '^[0-9]{5}$'),
    name       text not null,
    district   text not null,
    province   text not null,
    valid_to   date not null
);
create index commune_old_name on commune_old using gin (name gin_trgm_ops);
create table commune_succession (
    old_code text not null references commune_old,
    new_code text not null references commune,
    relation text not null check (relation in ('whole', 'divided', 'divided_default')),
    since    date not null,
    source   text not null,
    primary key (old_code, new_code, since)
);
