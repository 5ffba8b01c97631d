create table case_invitations (
    case_id varchar(255) not null,
    email varchar(254) not null check (email = lower(email) and char_length(email) >= 3),
    role text not null check (role in ('read', 'comment', 'annotate', 'own')),
    created_at timestamptz not null default now(),
    primary key (case_id, email)
);

create index case_invitations_email on case_invitations (email);

comment on table case_invitations is
    'Shares for people who have not signed in yet. A row becomes a share when somebody signs in with that address, proven.';
