-- Cases that were never verified know their parcel by a name only; another case on that parcel must find them.
create index case_file_parcel_ref on case_file ((parcel_ref ->> 'sheet'), (parcel_ref ->> 'number'), (parcel_ref ->> 'commune_code'))
    where parcel_id is null and state <> 'closed';
