-- What is offered for a case, by version, never changed; and the customer's answer to it.
create table quotation (
    id         uuid primary key,
    case_id    uuid not null references case_file,
    version    integer not null check (version > 0),
    sheet_id   uuid not null references option_sheet,
    procedure  text not null,
    -- `domain::quotation::Offer`.
    offer      jsonb not null,
    -- Whole dong, with VAT.
    total      bigint not null check (total >= 0),
    -- SHA-256 of the price lists in force when it was made.
    prices     text not null check (prices ~ '^[0-9a-f]{64}$'),
    -- Last day it holds.
    valid_to   date not null,
    created_by text not null,
    created_at timestamptz not null,
    unique (case_id, version)
);
comment on table quotation is 'báo giá';
create trigger quotation_insert_only before update or delete on quotation for each row execute function refuse_change();
create table quotation_answer (
    quotation_id uuid primary key references quotation,
    accepted     boolean not null,
    -- Code of the reason of a refusal; the customer's words are sealed with the case's event.
    reason       text check (accepted = (reason is null)),
    answered_by  text not null,
    answered_at  timestamptz not null
);
create trigger quotation_answer_insert_only before update or delete on quotation_answer for each row execute function refuse_change();
