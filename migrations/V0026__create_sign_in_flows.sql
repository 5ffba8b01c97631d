create table sign_in_flows (
    state_hash bytea primary key check (octet_length(state_hash) = 32),
    browser_hash bytea not null check (octet_length(browser_hash) = 32),
    provider_id varchar(64) not null references providers (id) on delete cascade,
    origin text not null,
    goes_to text not null,
    nonce text not null,
    verifier text not null,
    expires_at timestamptz not null
);

create index sign_in_flows_expires_at on sign_in_flows (expires_at);

comment on table sign_in_flows is 'People who were sent to a provider and have not come back. A row is taken out by who comes back with its state.';
comment on column sign_in_flows.browser_hash is 'Of the cookie of the browser that went; another one does not end it.';
comment on column sign_in_flows.origin is 'Which of our origins it began at, and comes back to.';
comment on column sign_in_flows.goes_to is 'The page of ours that was wanted.';
comment on column sign_in_flows.nonce is 'What the provider has to repeat in what it signs.';
comment on column sign_in_flows.verifier is 'Of PKCE: what the code alone is worth nothing without.';
