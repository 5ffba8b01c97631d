create table memberships (
    user_id uuid not null references users (id) on delete cascade,
    institution_id varchar(64) not null references institutions (id),
    role text not null check (role in ('student', 'staff', 'instructor', 'admin')),
    source text not null check (source in ('attributes', 'granted')),
    created_at timestamptz not null default now(),
    primary key (user_id, institution_id, role, source)
);

create table promised_memberships (
    email varchar(254) not null check (email = lower(email)),
    institution_id varchar(64) not null references institutions (id),
    role text not null check (role in ('student', 'staff', 'instructor', 'admin')),
    created_at timestamptz not null default now(),
    primary key (email, institution_id, role)
);

comment on table memberships is 'What somebody is at an institution. Instructors and admins may create classes.';
comment on column memberships.source is
    'attributes: by what the institution''s provider said at the last sign-in, and set anew at the next; granted: by us, and kept.';
comment on table promised_memberships is
    'Granted to whoever turns out to have this address, once its domain''s provider has proved it. The row is taken out then.';
