create table sessions (
    id_hash bytea primary key check (octet_length(id_hash) = 32),
    handle uuid not null unique default gen_random_uuid(),
    user_id uuid not null references users (id) on delete cascade,
    way varchar(64) not null check (char_length(way) >= 1),
    agent varchar(200) not null,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    ends_at timestamptz not null,
    constraint sessions_end check (ends_at > created_at)
);

create index sessions_user_id on sessions (user_id);
create index sessions_ends_at on sessions (ends_at);

comment on table sessions is 'Browsers in which somebody has signed in. What proves one is not here, only its hash.';
comment on column sessions.handle is 'What a list calls it by.';
comment on column sessions.way is 'By which way of signing in.';
comment on column sessions.agent is 'What the browser calls itself.';
comment on column sessions.last_seen_at is 'To within a minute.';
comment on column sessions.ends_at is 'When it ends however much it is used.';
