-- Which cases have ended is said by `ended` since 0050 (closed, withdrawn, refused); the index of 0024 still named one state, so
-- that nobody used it.
drop index case_file_parcel_ref;
create index case_file_parcel_ref on case_file ((parcel_ref ->> 'sheet'), (parcel_ref ->> 'number'), (parcel_ref ->> 'commune_code'))
    where parcel_id is null and not ended;
