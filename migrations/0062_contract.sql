-- Contracts: the page as it was set, pinned to what it rests on, who signs in which turn, and a refusal.
create sequence contract_number;
create table contract (
    id                  uuid primary key,
    case_id             uuid not null references case_file,
    number              text not null unique,
    version             integer not null check (version > 0),
    quotation_id        uuid not null references quotation,
    sheet_id            uuid not null references option_sheet,
    sheet_digest        text not null check (sheet_digest ~ '^[0-9a-f]{64}$'),
    verification_id     uuid not null references verification,
    verification_digest text not null check (verification_digest ~ '^[0-9a-f]{64}$'),
    -- SHA-256 of the PDF, kept sealed among the scans under it.
    pdf_sha256          text not null check (pdf_sha256 ~ '^[0-9a-f]{64}$'),
    -- Who the parties are (`domain::contract::Parties`), sealed.
    sealed              bytea not null,
    -- `domain::quotation::Instalment`s.
    instalments         jsonb not null,
    -- Whole dong: the sum of the instalments.
    total               bigint not null check (total >= 0),
    -- Last day to sign.
    sign_by             date not null,
    created_by          text not null,
    created_at          timestamptz not null,
    unique (case_id, version)
);
comment on table contract is 'hợp đồng';
create trigger contract_insert_only before update or delete on contract for each row execute function refuse_change();
create table contract_signer (
    contract_id uuid not null references contract,
    no          integer not null check (no > 0),
    -- Those of a lower turn sign first; those of the same one as they come.
    turn        integer not null check (turn > 0),
    signer      text not null check (signer in ('customer', 'firm')),
    -- Party of the case; none: the firm.
    party_id    uuid check ((party_id is null) = (signer = 'firm')),
    primary key (contract_id, no)
);
create unique index contract_signer_firm on contract_signer (contract_id) where signer = 'firm';
create trigger contract_signer_insert_only before update or delete on contract_signer for each row execute function refuse_change();
create table contract_refusal (
    contract_id uuid primary key references contract,
    -- A code; words about it are sealed with the case's event.
    reason      text not null,
    refused_by  text not null,
    refused_at  timestamptz not null
);
create trigger contract_refusal_insert_only before update or delete on contract_refusal for each row execute function refuse_change();
