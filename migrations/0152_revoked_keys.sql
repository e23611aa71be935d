-- A key that was stolen signs for anybody. That is told by a new fact: since when, why, who said so. What it signed is believed only where a
-- head from before that day covers it.
create table key_revocation (
    key_id     text primary key references signing_key,
    -- From this instant on it may have been in other hands.
    since      timestamptz not null,
    reason     text not null check (length(reason) between 10 and 500),
    revoked_by text not null,
    revoked_at timestamptz not null,
    check (since <= revoked_at)
);
create trigger key_revocation_insert_only before update or delete on key_revocation for each row execute function refuse_change();
select keep_from_truncate();
