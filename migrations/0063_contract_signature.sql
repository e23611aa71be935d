-- How a contract was signed, each signature with its evidence, and the one-time codes to sign with.
create table signing_code (
    id          uuid primary key,
    contract_id uuid not null,
    signer_no   integer not null,
    -- Keyed hash, to compare with.
    code_hash   bytea not null check (length(code_hash) = 32),
    -- For the notice that will carry it, or for whoever passes it on.
    sealed_code bytea not null,
    made_by     text not null,
    made_at     timestamptz not null,
    expires_at  timestamptz not null check (expires_at > made_at),
    attempts    integer not null default 0 check (attempts between 0 and 5),
    -- Who read it to pass it on, once.
    handed_to   text,
    handed_at   timestamptz check ((handed_to is null) = (handed_at is null)),
    used_at     timestamptz,
    foreign key (contract_id, signer_no) references contract_signer
);
create index signing_code_signer on signing_code (contract_id, signer_no, made_at desc);
create table contract_signature (
    id          uuid primary key,
    contract_id uuid not null,
    signer_no   integer not null,
    way         text not null check (way in ('code', 'paper')),
    -- `domain::contract::Evidence`, canonical, sealed; its SHA-256, signed by the office.
    sealed      bytea not null,
    digest      text not null check (digest ~ '^[0-9a-f]{64}$'),
    key_id      text not null references signing_key,
    signature   bytea not null check (length(signature) = 64),
    code_id     uuid unique references signing_code check ((code_id is null) = (way = 'paper')),
    -- SHA-256 of the signed paper, kept sealed among the scans.
    scan_sha256 text check (scan_sha256 ~ '^[0-9a-f]{64}$') check ((scan_sha256 is null) = (way = 'code')),
    signed_at   timestamptz not null,
    unique (contract_id, signer_no),
    foreign key (contract_id, signer_no) references contract_signer
);
create trigger contract_signature_insert_only before update or delete on contract_signature
    for each row execute function refuse_change();
