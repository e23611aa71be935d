-- What a parcel was is never written anew: a version ends, once, and a later one says what came after. Rows that only end are not
-- looked at but for that.
create trigger parcel_version_unchanged before delete or update of zone, parcel_id, version, commune_code, sheet, number, edition, scale,
    registered_area, map_area, land_use, address, attrs, geom, layer_version_id, feature_fid, row_hash on parcel_version
    for each row execute function refuse_change();
create trigger parcel_version_ends_once before update of valid on parcel_version
    for each row when (not upper_inf(old.valid) or lower(new.valid) is distinct from lower(old.valid)) execute function refuse_change();
create trigger parcel_alias_insert_only before update or delete on parcel_alias for each row execute function refuse_change();
create trigger parcel_lineage_insert_only before update or delete on parcel_lineage for each row execute function refuse_change();
