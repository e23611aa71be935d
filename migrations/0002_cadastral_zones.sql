-- A cadastral zone is an area measured in one metric CRS; its SRID is its name everywhere.
create table cadastral_zone (
    srid             integer primary key,
    name             text not null,
    kind             text not null check (kind in ('vn2000_tm3', 'other')),
    central_meridian numeric,
    -- PROJ pipeline from WGS 84 longitude, latitude (degrees) to zone easting, northing (metres); pinned, never PROJ's own choice.
    from_wgs84       text not null,
    -- Where coordinates of this zone may lie, in its own metres.
    min_e double precision not null, min_n double precision not null,
    max_e double precision not null, max_n double precision not null,
    source           text not null,
    check (kind <> 'vn2000_tm3' or central_meridian is not null),
    check (min_e < max_e and min_n < max_n)
);
comment on table cadastral_zone is 'vùng toạ độ: EPSG code of a VN-2000 TM-3 zone (or another metric CRS)';

-- Rows that must never change once written.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% rows are insert-only', tg_table_name using errcode = 'restrict_violation';
end $$;
