-- A hash chain over all verifications and audit entries, with signed heads. An act only leaves a note here (`proof_pending`,
-- in its own transaction); one sequencer at a time turns notes into links, so no act waits for another.
create table proof_pending (
    kind    text not null check (kind in ('verification', 'audit')),
    subject text not null,
    primary key (kind, subject)
);
create table proof_link (
    no       bigint primary key check (no > 0),
    kind     text not null check (kind in ('verification', 'audit')),
    subject  text not null,
    -- SHA-256 of the record, or of the audit row (`audit_digest`), as it was when it was linked.
    digest   text not null check (digest ~ '^[0-9a-f]{64}$'),
    previous text not null check (previous ~ '^[0-9a-f]{64}$'),
    hash     text not null unique check (hash ~ '^[0-9a-f]{64}$'),
    unique (kind, subject)
);
create trigger proof_link_insert_only before update or delete on proof_link for each row execute function refuse_change();
create table proof_head (
    -- The last link it covers.
    no         bigint primary key references proof_link,
    hash       text not null,
    key_id     text not null references signing_key,
    signature  bytea not null check (length(signature) = 64),
    created_at timestamptz not null
);
create trigger proof_head_insert_only before update or delete on proof_head for each row execute function refuse_change();
create function audit_digest(a audit) returns text language sql stable as $$
    select encode(sha256(convert_to(jsonb_build_array(a.id, extract(epoch from a.at), a.actor, a.action, a.subject, a.detail, a.case_id)::text, 'UTF8')), 'hex')
$$;
create function proof_note() returns trigger language plpgsql as $$
begin
    insert into proof_pending select tg_table_name, id::text from added;
    return null;
end $$;
create trigger verification_noted after insert on verification referencing new table as added
    for each statement execute function proof_note();
create trigger audit_noted after insert on audit referencing new table as added for each statement execute function proof_note();
-- What was there before this file.
insert into proof_pending select 'audit', id::text from audit union all select 'verification', id::text from verification;
