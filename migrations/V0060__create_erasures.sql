create table erasures (
    user_id varchar(100) primary key check (char_length(user_id) >= 1),
    by_operator boolean not null,
    asked_at timestamptz not null default now(),
    looked_through varchar(255) not null default '',
    all_found_at timestamptz,
    finished_at timestamptz
);

create table erasure_cases (
    user_id varchar(100) not null references erasures (user_id),
    case_id varchar(255) not null,
    fate text not null check (fate in ('rewritten', 'deleted')),
    found_at timestamptz not null default now(),
    confirmed_at timestamptz,
    rewritten_at timestamptz,
    tried_at timestamptz,
    versions_rewritten integer not null default 0,
    versions_dropped integer not null default 0,
    primary key (user_id, case_id)
);

create index erasure_cases_case_id on erasure_cases (case_id);

comment on table erasures is
    'People who were erased, and how far that has come. An id alone: it names nobody any more. Rows stay, so that an object or a backup that still has something of them can be told again.';
comment on column erasures.looked_through is 'The last case, in the order of ids, of which it is known whether it holds something of them.';
comment on column erasures.all_found_at is 'When all cases were looked through.';
comment on column erasures.finished_at is 'When nothing of them was left in any document or version.';
comment on table erasure_cases is 'Cases that may hold something of somebody who was erased.';
comment on column erasure_cases.fate is
    'rewritten: what is theirs is taken out. deleted: it was theirs alone and is deleted; the row goes with it.';
comment on column erasure_cases.confirmed_at is 'When the case''s object said that nothing of theirs is left there.';
comment on column erasure_cases.rewritten_at is 'When what is stored here held nothing of theirs: the current version, and each earlier one.';
comment on column erasure_cases.tried_at is 'When something could last not be done with it: all others have their turn first.';
comment on column erasure_cases.versions_dropped is 'Earlier versions that could not be read, and so were deleted.';
