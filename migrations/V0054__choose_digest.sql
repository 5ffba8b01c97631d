alter table users
    add column digest text not null default 'never' check (digest in ('never', 'daily')),
    add column digest_origin text,
    add column digest_at timestamptz;

comment on column users.digest is 'Whether they want a mail a day of what they have not read.';
comment on column users.digest_origin is 'The origin of ours at which they chose it: links in the mail lead there.';
comment on column users.digest_at is 'When they were last sent one, or were about to be.';
