-- Where a case stood before an event: whoever keeps a list of cases in a state hears that one has left it. None: the first event, or
-- one of before this column.
alter table case_event add column was_state text, add column was_turn text,
    add constraint case_event_was_whole check ((was_state is null) = (was_turn is null)) not valid;
