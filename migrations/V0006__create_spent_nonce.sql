create table spent_nonce (
    nonce bytea primary key check (octet_length(nonce) = 16),
    expires_at timestamptz not null
);

create index spent_nonce_expires_at on spent_nonce (expires_at);

comment on table spent_nonce is
    'Nonces of signed requests. A request whose nonce is here is a replay. In Postgres and not in memory, so that a restart or a second host process forgets none.';
comment on column spent_nonce.expires_at is 'From then on the signature is stale anyway.';
