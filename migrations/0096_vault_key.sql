-- The key that personal data of this database is sealed with, by its id: a service that holds another one must not start, for it
-- could neither read what is there nor be read by others. Written at setup; here only where values are sealed already.
create table vault_key (
    -- One row.
    one      boolean primary key default true check (one),
    -- First four bytes of what is derived from the key for this; no part of the key.
    key_id   bytea not null check (length(key_id) = 4),
    since    timestamptz not null
);
create trigger vault_key_for_good before update or delete on vault_key for each row execute function refuse_change();
-- A sealed value is version (1 byte), key id (4), nonce, ciphertext.
insert into vault_key (key_id, since)
    select substring(sealed from 2 for 4), now() from (
        select sealed from party union all select sealed from paper union all select sealed from verification
        union all select sealed from customer union all select sealed from case_event) kept
     where length(sealed) > 29 limit 1;
