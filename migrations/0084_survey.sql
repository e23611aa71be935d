-- The short survey after a hand-over: a link that takes one answer, and the answer: a score per step, and words, sealed.
create table survey (
    id          uuid primary key,
    case_id     uuid not null unique references case_file,
    -- Steps that are asked about.
    steps       text[] not null check (steps <> '{}'),
    -- Keyed hash of the link's token, and the token sealed for the notice that carries it.
    token_index bytea not null unique,
    sealed      bytea not null,
    sent_by     text not null,
    sent_at     timestamptz not null,
    expires_at  timestamptz not null
);
create trigger survey_insert_only before update or delete on survey for each row execute function refuse_change();
create table survey_answer (
    survey_id uuid primary key references survey,
    -- Step to score, 1 (bad) to 5 (good).
    scores    jsonb not null,
    sealed    bytea,
    at        timestamptz not null
);
create trigger survey_answer_insert_only before update or delete on survey_answer
    for each row execute function refuse_change();
