create table identities (
    issuer text not null check (char_length(issuer) >= 1),
    subject varchar(255) not null check (char_length(subject) >= 1),
    user_id uuid not null references users (id) on delete cascade,
    email varchar(254),
    email_verified boolean not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    primary key (issuer, subject)
);

create index identities_user_id on identities (user_id);

comment on table identities is 'By what somebody is known again: who says so, and what they call the person.';
comment on column identities.email is 'As it was said at the last sign-in; proves nothing by itself, unlike users.email.';
