-- Contracts: the page as it was set, who signed it how, and one-time codes to sign with.
create sequence contract_number;
create table contract (
    id              uuid primary key,
    case_id         uuid not null references case_file,
    number          text not null unique,
    version         integer not null check (version > 0),
    quotation_id    uuid not null references quotation,
    sheet_id        uuid not null references option_sheet,
    verification_id uuid not null references verification,
    -- SHA-256 of the PDF, kept sealed among the scans under it.
    pdf_sha256      text not null check (pdf_sha256 ~ '^[0-9a-f]{64}$'),
    -- Who the parties are (`domain::contract::Parties`), sealed.
    sealed          bytea not null,
    -- `domain::quotation::Instalment`s.
    instalments     jsonb not null,
    total           bigint not null check (total >= 0),
    -- Last day to sign.
    sign_by         date not null,
    created_by      text not null,
    created_at      timestamptz not null,
    unique (case_id, version)
);
create trigger contract_insert_only before update or delete on contract for each row execute function refuse_change();
create table contract_signature (
    id          uuid primary key,
    contract_id uuid not null references contract,
    signer      text not null check (signer in ('customer', 'firm')),
    way         text not null check (way in ('code', 'paper')),
    -- `domain::contract::Evidence`, canonical, sealed; its SHA-256, signed by the office.
    sealed      bytea not null,
    digest      text not null check (digest ~ '^[0-9a-f]{64}$'),
    key_id      text not null references signing_key,
    signature   bytea not null check (length(signature) = 64),
    signed_at   timestamptz not null,
    unique (contract_id, signer)
);
create trigger contract_signature_insert_only before update or delete on contract_signature
    for each row execute function refuse_change();
create table contract_refusal (
    contract_id uuid primary key references contract,
    reason      text not null,
    refused_by  text not null,
    refused_at  timestamptz not null
);
create trigger contract_refusal_insert_only before update or delete on contract_refusal for each row execute function refuse_change();
create table signing_code (
    id          uuid primary key,
    contract_id uuid not null references contract,
    signer      text not null check (signer in ('customer', 'firm')),
    -- Keyed hash; the code itself is nowhere.
    code_hash   bytea not null check (length(code_hash) = 32),
    handed_to   text not null,
    made_at     timestamptz not null,
    expires_at  timestamptz not null,
    attempts    integer not null default 0 check (attempts <= 5),
    used_at     timestamptz
);
create index signing_code_contract on signing_code (contract_id, signer, made_at desc);
