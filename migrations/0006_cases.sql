-- One request of a customer, the people in it and their papers. Personal data is encrypted by the application; the
-- database holds ciphertext, keyed hashes to find by, and what everybody on the case may see.
create table staff (
    id            uuid primary key,
    login         text not null unique check (login ~ '^[a-z0-9._-]{2,40}$'),
    name          text not null,
    password_hash text not null,
    roles         text[] not null check (roles <@ '{customer_care,legal,sales,field,reviewer,gis_analyst,manager,admin}'),
    department    text not null check (department in ('customer_care', 'legal', 'sales', 'field', 'gis', 'management')),
    territory     text[] not null default '{}',
    active        boolean not null default true,
    created_at    timestamptz not null
);
create table session (
    token_hash bytea primary key,
    staff_id   uuid not null references staff,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create table api_token (
    id         uuid primary key,
    token_hash bytea not null unique,
    staff_id   uuid not null references staff,
    name       text not null,
    scopes     text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz
);
create index session_staff on session (staff_id);
create index api_token_staff on api_token (staff_id);
create sequence case_number;
create table case_file (
    id            uuid primary key,
    number        text not null unique,
    procedure     text not null,
    state         text not null check (state in ('intake', 'verifying', 'verified', 'closed')),
    wish          jsonb not null default '{}',
    zone          integer references cadastral_zone,
    parcel_id     uuid,
    -- The reference as the customer gave it: commune, sheet, number.
    parcel_ref    jsonb not null default '{}',
    version       integer not null default 1,
    created_by    text not null,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    foreign key (zone, parcel_id) references parcel (zone, id)
);
comment on table case_file is 'hồ sơ';
create index case_file_parcel on case_file (zone, parcel_id) where state <> 'closed';
create table party (
    id         uuid primary key,
    case_id    uuid not null references case_file,
    role       text not null,
    sealed     bytea not null,
    id_index   bytea,
    created_at timestamptz not null
);
create index party_case on party (case_id);
create index party_id_index on party (id_index);
create table paper (
    id           uuid not null,
    version      integer not null check (version > 0),
    case_id      uuid not null references case_file,
    kind         text not null,
    complete     boolean not null,
    -- Names of the fields a complete paper of this kind needs and this one lacks.
    missing      text[] not null default '{}' check (complete = (missing = '{}')),
    sealed       bytea not null,
    facts_sha256 text not null check (facts_sha256 ~ '^[0-9a-f]{64}$'),
    -- Keyed hash of the certificate's serial, so that the same certificate is found in another case.
    serial_index bytea,
    scan         jsonb,
    created_by   text not null,
    created_at   timestamptz not null,
    primary key (id, version)
);
create index paper_case on paper (case_id);
create index paper_serial on paper (serial_index);
create trigger paper_insert_only before update or delete on paper for each row execute function refuse_change();
-- Every file that was sent as a scan, taken or not; it was stored before anything was read from it.
create table scan_upload (
    id         uuid primary key,
    case_id    uuid not null references case_file,
    paper_id   uuid not null,
    sha256     text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    bytes      bigint not null check (bytes >= 0),
    media_type text,
    -- Why it was not taken; none: it was.
    refused    text check (refused is not null or media_type is not null),
    sent_by    text not null,
    sent_at    timestamptz not null
);
create index scan_upload_case on scan_upload (case_id);
create trigger scan_upload_insert_only before update or delete on scan_upload for each row execute function refuse_change();
create table personal_data_read (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    actor   text not null,
    case_id uuid not null,
    subject text not null,
    purpose text not null
);
create index personal_data_read_case on personal_data_read (case_id, id);
create trigger personal_data_read_insert_only before update or delete on personal_data_read for each row execute function refuse_change();
