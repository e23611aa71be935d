-- What happened to a case, one row per event, never changed: the state of the case is the fold of these rows
-- (domain/case), kept beside in `case_file.standing`, and every word somebody is owed is one of them.
alter table case_file drop constraint case_file_state_check;
update case_file set state = 'verification' where state in ('verifying', 'verified');
alter table case_file add check (state in ('intake', 'verification', 'advice', 'quotation', 'contract', 'execution', 'review',
    'hand_over', 'after_care', 'closed', 'withdrawn', 'refused'));
alter table case_file
    add column ended boolean not null generated always as (state in ('closed', 'withdrawn', 'refused')) stored,
    -- Whose move it is.
    add column turn text not null default 'ours' check (turn in ('ours', 'customer', 'authority', 'nobody')),
    -- Since when it has stood in this state.
    add column state_since timestamptz,
    -- The fold of its events; none: to be folded anew from them.
    add column standing jsonb;
drop index case_file_parcel;
create index case_file_parcel on case_file (zone, parcel_id) where not ended;
create index case_file_state on case_file (state, state_since);
create table case_event (
    -- In order of writing, over all cases.
    id       bigint generated always as identity unique,
    case_id  uuid not null references case_file,
    -- From 1, without gaps.
    seq      integer not null check (seq > 0),
    at       timestamptz not null,
    actor    text not null,
    kind     text not null,
    -- Never personal data.
    data     jsonb not null default '{}',
    -- What belongs to it and names people or quotes their words, sealed.
    sealed   bytea,
    -- What the customer may see of it; none: nothing.
    customer jsonb,
    -- Who is owed a word: `customer`, `role:<role>`, `staff:<id>`.
    owed     text[] not null default '{}',
    primary key (case_id, seq)
);
create index case_event_owed on case_event (id) where owed <> '{}';
create index case_event_kind on case_event (kind, id);
create trigger case_event_insert_only before update or delete on case_event for each row execute function refuse_change();
create function case_event_next() returns trigger language plpgsql as $$
begin
    if new.seq <> coalesce((select max(seq) from case_event where case_id = new.case_id), 0) + 1 then
        raise exception 'event % of case % leaves a gap', new.seq, new.case_id using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger case_event_without_gap before insert on case_event for each row execute function case_event_next();
-- Cases that were there before this file.
insert into case_event (case_id, seq, at, actor, kind, data, customer)
    select id, 1, created_at, created_by, 'opened', jsonb_build_object('channel', 'office', 'procedures', jsonb_build_array(procedure)),
           jsonb_build_object('procedures', jsonb_build_array(procedure))
      from case_file order by id;
insert into case_event (case_id, seq, at, actor, kind, data, customer)
    select case_id, 2, created_at, created_by, 'verified', jsonb_build_object('verification', id, 'outcome', outcome),
           jsonb_build_object('outcome', outcome)
      from (select distinct on (case_id) * from verification order by case_id, created_at desc) v;
insert into case_event (case_id, seq, at, actor, kind, data)
    select id, (select max(seq) + 1 from case_event e where e.case_id = c.id), updated_at, created_by, 'ended',
           '{"ending": "closed", "reason": "before events were kept"}'
      from case_file c where ended;
update case_file c set state_since = updated_at,
    turn = case when ended then 'nobody' else 'ours' end,
    state = case when state = 'verification' and exists (select from case_event e where e.case_id = c.id and e.kind = 'verified'
        and e.data ->> 'outcome' in ('can_proceed', 'blocked')) then 'advice' else state end;
alter table case_file alter column state_since set not null;
