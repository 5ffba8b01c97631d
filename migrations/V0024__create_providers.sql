create table providers (
    id varchar(64) primary key check (id ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'),
    name varchar(200) not null check (char_length(name) >= 1),
    kind text not null check (kind in ('oidc', 'google', 'mail', 'github')),
    institution_id varchar(64) references institutions (id),
    issuer text not null check (char_length(issuer) >= 1),
    client_id text check (char_length(client_id) >= 1),
    secret_variable varchar(100) check (secret_variable ~ '^SIGN_IN_SECRET_[A-Z0-9_]+$'),
    allowed text[] not null default '{}' check (array_position(allowed, null) is null),
    position int not null default 0,
    created_at timestamptz not null default now(),
    retired_at timestamptz,
    constraint providers_client check ((kind = 'mail') = (client_id is null)),
    constraint providers_secret check (kind <> 'mail' or secret_variable is null)
);

comment on table providers is 'Ways of signing in. An operator names them; the development sign-in is none of them.';
comment on column providers.institution_id is 'Whose people it knows: what it says of them counts there. Null: nobody''s.';
comment on column providers.issuer is
    'Its base URL, exactly as it calls itself; `mail` for links in e-mails. With the subject, who somebody is.';
comment on column providers.secret_variable is 'Which variable of the host''s environment holds its secret, which is not here.';
comment on column providers.allowed is
    'In lower case: domains of addresses (mail), hosted domains (google; none: all), logins (github) that may sign in.';
comment on column providers.position is 'Among those of one kind, which is offered first.';
comment on column providers.retired_at is 'Since when nobody signs in by it. Null: it is offered.';
