create table grants (
    case_id varchar(255) not null,
    user_id varchar(100) not null check (char_length(user_id) >= 1),
    name varchar(100) not null check (char_length(name) >= 1),
    role text check (role in ('read', 'comment', 'annotate', 'own')),
    region varchar(64) check (char_length(region) >= 1),
    changed_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (case_id, user_id)
);

comment on table grants is 'Who may do what on a case. A case without rows is open to nobody.';
comment on column grants.user_id is 'The same for as long as the person exists.';
comment on column grants.name is 'The name that others see.';
comment on column grants.role is
    'Each may do all that those before it may. Null: nothing any longer; the row stays, so that it is known since when.';
comment on column grants.region is 'Where in the world the person takes part from. Null: not known.';
comment on column grants.changed_at is
    'By the clock that tickets are issued by: what was issued at or before this time does not count any longer.';
