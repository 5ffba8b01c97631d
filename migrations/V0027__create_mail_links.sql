create table mail_links (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    browser_hash bytea not null check (octet_length(browser_hash) = 32),
    provider_id varchar(64) not null references providers (id) on delete cascade,
    email varchar(254) not null,
    goes_to text not null,
    expires_at timestamptz not null
);

create index mail_links_expires_at on mail_links (expires_at);

comment on table mail_links is 'Links that were sent by e-mail and not used. What proves one is not here, only its hash; a row is taken out by its use.';
comment on column mail_links.browser_hash is 'Of the cookie of the browser that asked; another one cannot use the link.';
