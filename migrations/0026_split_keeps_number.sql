-- A parcel may keep its number, and itself, when a part is split off it: then it comes of itself by that split.
alter table parcel_lineage drop constraint parcel_lineage_check;
