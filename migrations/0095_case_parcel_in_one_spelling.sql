-- Cases name their parcel in one spelling (`007` is `7`, `12a` is `12A`), as acts write it from now on; other cases find them by it.
update case_file set parcel_ref = parcel_ref || jsonb_build_object(
        'sheet', regexp_replace(upper(regexp_replace(parcel_ref ->> 'sheet', '\s', '', 'g')), '^0+(?=[0-9])', ''),
        'number', regexp_replace(upper(regexp_replace(parcel_ref ->> 'number', '\s', '', 'g')), '^0+(?=[0-9])', ''))
 where parcel_id is null and not ended and parcel_ref ->> 'sheet' is not null and parcel_ref ->> 'number' is not null;
