-- What devices send back from places without a line: kept as it came before anybody looks at it, and what became of each
-- value in it. Nothing of it is ever changed; what a person decides later is a row beside it.
create table field_batch (
    id          uuid primary key,
    staff_id    uuid not null references staff,
    sent_by     text not null,
    -- Of the body as it was sent; it lies among the scans, sealed. Sending the same again is the same batch.
    sha256      text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    received_at timestamptz not null,
    unique (staff_id, sha256)
);
create table field_receipt (
    batch_id   uuid primary key references field_batch,
    -- What the device is told, each time it sends the batch.
    receipt    jsonb not null,
    settled_at timestamptz not null
);
create table field_item (
    id          uuid primary key,
    batch_id    uuid not null references field_batch,
    position    integer not null check (position >= 0),
    staff_id    uuid not null references staff,
    -- As the device calls it; none: it could not be read.
    item_id     uuid,
    -- Keyed hash of the item as it was sent.
    print       bytea not null,
    sealed      bytea not null,
    case_id     uuid references case_file,
    task_id     uuid references task,
    field       text,
    lease_id    uuid,
    -- Version of the field the device knew.
    base        integer,
    captured_at timestamptz,
    outcome     text not null check (outcome in ('applied', 'conflict', 'tray')),
    -- Why it waits in the tray.
    why         text check ((why is not null) = (outcome = 'tray')),
    -- The version it became or is the same as; the one it stands in conflict with.
    version     integer check ((version is not null) = (outcome <> 'tray')),
    unique (batch_id, position),
    unique (staff_id, item_id, print)
);
create index field_item_task on field_item (task_id);
create index field_item_case on field_item (case_id) where outcome <> 'applied';
create table field_settlement (
    item_id uuid primary key references field_item,
    -- Whose value stands from then on: the one that was sent, or the one that stood.
    took    text not null check (took in ('sent', 'standing')),
    by      text not null,
    at      timestamptz not null
);
create trigger field_batch_insert_only before update or delete on field_batch for each row execute function refuse_change();
create trigger field_receipt_insert_only before update or delete on field_receipt for each row execute function refuse_change();
create trigger field_item_insert_only before update or delete on field_item for each row execute function refuse_change();
create trigger field_settlement_insert_only before update or delete on field_settlement for each row execute function refuse_change();
