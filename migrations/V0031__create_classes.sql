create table classes (
    id uuid primary key default gen_random_uuid(),
    name text not null check (char_length(name) between 1 and 200),
    owner_id uuid not null references users (id),
    region varchar(64) check (char_length(region) >= 1),
    default_role text not null default 'annotate' check (default_role in ('read', 'comment', 'annotate')),
    state text not null default 'open' check (state in ('open', 'locked', 'archived')),
    state_changed_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
    invite_code varchar(16) unique check (char_length(invite_code) >= 10),
    created_at timestamptz not null default now()
);

comment on table classes is 'People who read the same cases. A class is never removed; one that is over is archived.';
comment on column classes.owner_id is 'Who made it, and can neither leave it nor be removed from it.';
comment on column classes.region is 'Where it is, as a location hint of the platform, for rooms that are not made yet. Null: not known.';
comment on column classes.default_role is 'What its students may do on its cases.';
comment on column classes.state is 'What its cases allow, unless a case itself allows less: as in case_states.';
comment on column classes.state_changed_at is 'By the clock that tickets are issued by.';
comment on column classes.invite_code is 'Whoever knows it may join as a student. Null: nobody may.';
