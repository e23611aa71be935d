-- What the database must be able to do before anything is stored.
create extension if not exists postgis;
create extension if not exists btree_gist;
create extension if not exists pg_trgm;
