create table roster_invitations (
    class_id uuid not null references classes (id),
    email varchar(254) not null check (email = lower(email) and char_length(email) >= 3),
    name varchar(201) not null,
    role text not null check (role in ('student', 'tutor', 'instructor', 'coordinator')),
    created_at timestamptz not null default now(),
    primary key (class_id, email)
);

create index roster_invitations_email on roster_invitations (email);

comment on table roster_invitations is
    'People on a roster who have not signed in yet. A row becomes an enrolment when somebody signs in with that address, proven.';
comment on column roster_invitations.name is 'As the roster calls them; their account''s own name counts once there is one.';
