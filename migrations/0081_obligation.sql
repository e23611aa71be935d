-- Taxes and fees a customer has to pay: what was worked out, what the authority's notice says instead, and the payment with
-- its receipt. Figures and payments are only ever added.
create table obligation (
    id         uuid primary key,
    case_id    uuid not null references case_file,
    what       text not null,
    payer      text not null check (payer in ('holder', 'receiver', 'either')),
    state      text not null default 'open' check (state in ('open', 'paid', 'dropped')),
    -- Day of the last reminder.
    reminded   date,
    noticed    date not null,
    created_by text not null,
    created_at timestamptz not null
);
create index obligation_case on obligation (case_id, id);
create index obligation_open on obligation (id) where state = 'open';
-- What was worked out is owed once per case.
create unique index obligation_once on obligation (case_id, what) where what <> 'other' and state <> 'dropped';
create table obligation_figure (
    obligation_id uuid not null references obligation,
    -- The last one holds.
    no            integer not null check (no > 0),
    source        text not null check (source in ('estimate', 'notice')),
    -- Whole dong.
    low           bigint check (low >= 0),
    high          bigint check (high >= low),
    due           date,
    -- The notice: a paper of the case.
    paper_id      uuid,
    paper_version integer,
    citation      text not null,
    standing      text not null,
    created_by    text not null,
    created_at    timestamptz not null,
    primary key (obligation_id, no),
    foreign key (paper_id, paper_version) references paper (id, version),
    check ((source = 'notice') = (paper_id is not null)),
    check (source <> 'notice' or low is not null and low = high)
);
create trigger obligation_figure_insert_only before update or delete on obligation_figure
    for each row execute function refuse_change();
create table obligation_payment (
    obligation_id  uuid primary key references obligation,
    amount         bigint not null check (amount >= 0),
    paid_on        date not null,
    -- The receipt: a paper of the case, by its scan.
    paper_id       uuid not null,
    paper_version  integer not null,
    receipt_sha256 text not null check (receipt_sha256 ~ '^[0-9a-f]{64}$'),
    recorded_by    text not null,
    recorded_at    timestamptz not null,
    foreign key (paper_id, paper_version) references paper (id, version)
);
create trigger obligation_payment_insert_only before update or delete on obligation_payment
    for each row execute function refuse_change();
