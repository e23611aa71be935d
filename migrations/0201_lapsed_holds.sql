-- A hold that ran out, of which nobody was told yet: whoever needs the hour frees it, the job `advance_plans` tells of it.
alter table appointment add column lapsed boolean not null default false check (not lapsed or state = 'cancelled');
create index appointment_lapsed on appointment (id) where lapsed;
alter table task_event drop constraint task_event_what_check, add constraint task_event_what_check check (what in ('created', 'assigned',
    'accepted', 'handed_back', 'done', 'cancelled', 'ready', 'started', 'paused', 'escalated', 'appointed', 'confirmed', 'moved', 'kept',
    'missed', 'hold_over'));
