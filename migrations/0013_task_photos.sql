-- Photos sent for tasks, taken or not; each was stored under its SHA-256 before anything was read from it.
create table task_photo (
    task_id    uuid not null references task,
    sha256     text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    bytes      bigint not null check (bytes > 0),
    media_type text,
    -- Pixels.
    width      integer check (width > 0),
    height     integer check (height > 0),
    -- Why it was not taken; none: it was.
    refused    text,
    sent_by    text not null,
    sent_at    timestamptz not null,
    primary key (task_id, sha256),
    check (refused is not null or (media_type is not null and width is not null and height is not null))
);
create trigger task_photo_insert_only before update or delete on task_photo for each row execute function refuse_change();
