create table rate_counters (
    key_hash bytea not null check (octet_length(key_hash) = 32),
    begins_at timestamptz not null,
    ends_at timestamptz not null,
    count int not null check (count >= 1),
    primary key (key_hash, begins_at)
);

create index rate_counters_ends_at on rate_counters (ends_at);

comment on table rate_counters is 'How often something was done within a window of time, by one address or for one person.';
comment on column rate_counters.key_hash is 'Of what is counted and of whom; neither is here.';
