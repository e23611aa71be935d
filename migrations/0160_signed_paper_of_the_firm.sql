-- The firm's signature on paper: who brings the scan does not vouch for it alone. It waits here until a second person has compared it
-- with the page; then it becomes the signature of the same id.
create table signed_paper (
    id          uuid primary key,
    contract_id uuid not null,
    signer_no   integer not null,
    -- The scan, kept sealed among the scans.
    scan_sha256 text not null check (scan_sha256 ~ '^[0-9a-f]{64}$'),
    -- Place as stated and network address: they go into the evidence.
    sealed      bytea not null,
    filed_by    text not null,
    filed_at    timestamptz not null,
    foreign key (contract_id, signer_no) references contract_signer
);
create index signed_paper_contract on signed_paper (contract_id, signer_no, filed_at desc, id desc);
create trigger signed_paper_insert_only before update or delete on signed_paper for each row execute function refuse_change();
