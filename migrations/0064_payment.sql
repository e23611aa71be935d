-- When instalments fall due, and the money that came in for a contract: entries that are only ever added.
create table instalment_due (
    contract_id uuid not null references contract,
    no          integer not null check (no > 0),
    -- Last day to pay.
    due         date not null,
    called_by   text not null,
    called_at   timestamptz not null,
    primary key (contract_id, no)
);
create trigger instalment_due_insert_only before update or delete on instalment_due for each row execute function refuse_change();
create table payment (
    id          uuid primary key,
    contract_id uuid not null references contract,
    -- payment: fills instalments; overpayment: more than is owed, taken on purpose; reversal: takes another entry back.
    kind        text not null check (kind in ('payment', 'overpayment', 'reversal')),
    -- Number of the transfer or of the cash slip: the same one is the same payment.
    reference   text not null check (length(reference) between 3 and 80),
    -- Counts from 1: a reference taken back may be entered anew.
    attempt     integer not null default 1 check (attempt > 0),
    amount      bigint not null check (amount > 0),
    way         text not null check (way in ('cash', 'transfer')),
    paid_on     date not null,
    reverses    uuid unique references payment check ((reverses is null) = (kind <> 'reversal')),
    -- Code of the reason of a reversal.
    reason      text check ((reason is null) = (kind <> 'reversal')),
    recorded_by text not null,
    recorded_at timestamptz not null
);
comment on table payment is 'thanh toán';
create unique index payment_once on payment (contract_id, reference, attempt, kind) where kind <> 'reversal';
create index payment_contract on payment (contract_id, recorded_at);
create trigger payment_insert_only before update or delete on payment for each row execute function refuse_change();
-- Never more paid than is owed, and nothing taken back but the whole of an entry of the same contract.
create function payment_within_total() returns trigger language plpgsql as $$
declare
    owed bigint;
begin
    select total into owed from contract where id = new.contract_id for update;
    if (select coalesce(sum(p.amount), 0) from payment p
         where p.contract_id = new.contract_id and p.kind = 'payment'
           and not exists (select from payment r where r.reverses = p.id)) > owed then
        raise exception 'more is paid for contract % than its total', new.contract_id using errcode = 'check_violation';
    end if;
    if new.kind = 'reversal' and not exists (
        select from payment p where p.id = new.reverses and p.contract_id = new.contract_id and p.amount = new.amount
                                and p.kind <> 'reversal') then
        raise exception 'payment % reverses no entry of its contract', new.id using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger payment_within_total after insert on payment for each row execute function payment_within_total();
