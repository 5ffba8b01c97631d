create table users (
    id uuid primary key default gen_random_uuid(),
    name varchar(100) not null check (char_length(name) >= 1),
    email varchar(254) check (char_length(email) >= 3),
    created_at timestamptz not null default now(),
    last_sign_in_at timestamptz,
    erased_at timestamptz
);

create unique index users_email on users (lower(email));

comment on table users is 'People who have signed in. The id, as text, is what documents, grants and tickets call them by.';
comment on column users.name is 'The name that others see.';
comment on column users.email is
    'Proved by somebody who answers for all addresses of its domain: by it people are invited, and other ways of signing in found to be theirs. Null: not known.';
comment on column users.erased_at is 'Since when this is nobody any more: name and address are gone, and no session is left. Null: somebody.';
