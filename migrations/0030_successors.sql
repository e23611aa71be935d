-- What a commune came of is looked up by its code of today as often as by its old one.
create index commune_succession_new on commune_succession (new_code);
