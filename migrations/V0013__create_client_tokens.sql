create table client_tokens (
    id bytea primary key check (octet_length(id) = 16),
    case_id varchar(255) not null,
    user_id varchar(100) not null,
    role text not null check (role in ('read', 'comment', 'annotate', 'own')),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    constraint client_tokens_expire check (expires_at > created_at and expires_at <= created_at + interval '24 hours')
);

create index client_tokens_case_id on client_tokens (case_id, created_at);
create index client_tokens_expires_at on client_tokens (expires_at);

comment on table client_tokens is
    'Tokens of programs, as long as they are good and a while longer, to be listed and revoked. What proves one is not here, only its id.';
comment on column client_tokens.role is 'At most what the person had when it was issued.';
comment on column client_tokens.revoked_at is 'Null: it may be used until it expires.';
