create table notices (
    id bigint generated always as identity primary key,
    user_id uuid not null references users (id),
    case_id varchar(255) not null,
    thing_id text not null,
    kind text not null check (kind in ('mention', 'reply')),
    by_id text not null,
    created_at timestamptz not null default now(),
    read_at timestamptz,
    mailed_at timestamptz,
    unique (user_id, case_id, thing_id)
);

create index notices_of_case on notices (case_id, thing_id);
create index notices_unread on notices (user_id, id) where read_at is null;
create index notices_by on notices (by_id, created_at);

comment on table notices is
    'What somebody is told of: a comment that mentions them, or answers what they wrote; one row for one comment, whatever speaks for it.';
comment on column notices.thing_id is 'The comment, by its id in the document.';
comment on column notices.by_id is 'Who wrote the comment, as the document says.';
comment on column notices.mailed_at is 'Since when it is in a mail, or was about to be: it is in none again.';
