-- What a person says of a finding, signed: beside it, never in its place.
create table opinion (
    id              uuid primary key,
    verification_id uuid not null,
    -- Place of the finding in its record.
    no              integer not null,
    case_id         uuid not null references case_file,
    stance          text not null check (stance in ('confirm', 'correct', 'reject')),
    -- SHA-256 of the canonical form (`domain::verify::Opinion`), which is kept sealed: a reason may name people.
    digest          text not null check (digest ~ '^[0-9a-f]{64}$'),
    sealed          bytea not null,
    key_id          text not null references signing_key,
    signature       bytea not null check (length(signature) = 64),
    created_by      text not null,
    created_at      timestamptz not null,
    foreign key (verification_id, no) references finding (verification_id, no)
);
create index opinion_case on opinion (case_id, created_at);
create trigger opinion_insert_only before update or delete on opinion for each row execute function refuse_change();
