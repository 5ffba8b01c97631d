alter table classes
    add column retain_days integer check (retain_days between 1 and 3650),
    add column retention_set_at timestamptz;

comment on column classes.retain_days is
    'So many days after the class was archived its cases are deleted for good. Null: they are kept until somebody deletes them.';
comment on column classes.retention_set_at is
    'When retain_days was last set: nothing is deleted within a week of that.';
