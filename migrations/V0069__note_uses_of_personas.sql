-- The default is for what was there before, and for a host that does not know the column yet: it notes no use, so that each of its
-- personas counts as used. It is no volatile one, so that no row is written.
alter table personas add column used_at timestamptz default now();

comment on column personas.used_at is
    'Since when somebody was let in as this, and may have written as this. Null: nobody was, and they may go by their own name again.';
