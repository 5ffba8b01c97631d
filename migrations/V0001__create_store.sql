-- How migrations are written: one step a file, forward only, `V<number>__<verb>_<object>.sql` (the prefix is what the
-- runner, refinery, reads). A file that has been released is never changed. Tables and columns say what they hold in
-- comments, so that they can be read where they are used. After adding one, refresh `host/schema.txt` as the test
-- `a_migrated_database_is_the_one_that_the_binary_expects` says.

create table store (
    singleton boolean primary key default true check (singleton),
    generation uuid not null default gen_random_uuid(),
    renewed_at timestamptz not null default now()
);

comment on table store is 'One row: this life of the store.';
comment on column store.generation is
    'Named in every answer. Renewed by `host restored` after a backup was put back, so that every object sends its state again.';
comment on column store.renewed_at is 'When this generation began.';

insert into store default values;
