-- Public halves of the keys that sign verifications; old ones stay known, so that old signatures can be proved.
create table signing_key (
    id         text primary key check (id ~ '^[0-9a-f]{16}$'),
    public_key bytea not null unique check (length(public_key) = 32),
    made_by    text not null,
    made_at    timestamptz not null,
    -- The highest one signs, whatever the clock says.
    no         bigint generated always as identity,
    check (id = left(encode(sha256(public_key), 'hex'), 16))
);
create trigger signing_key_insert_only before update or delete on signing_key for each row execute function refuse_change();
alter table verification
    -- None: from before signatures.
    add column key_id text references signing_key,
    add column signature bytea check (length(signature) = 64),
    add constraint verification_signed check ((key_id is null) = (signature is null));
create index verification_digest on verification (digest);
