create table institutions (
    id varchar(64) primary key check (id ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'),
    name varchar(200) not null check (char_length(name) >= 1),
    domains text[] not null default '{}' check (array_position(domains, null) is null),
    created_at timestamptz not null default now()
);

comment on table institutions is 'Universities whose people sign in. An operator names them.';
comment on column institutions.domains is
    'In lower case: what comes behind the @ in addresses, and in scoped affiliations, that the institution answers for.';
