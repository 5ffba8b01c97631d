-- Filled when somebody looks at the list, some at a time. The hash says of which bytes: a host that does not know the columns may
-- write others meanwhile, which are then counted anew. There is no check: it would read the whole table under a lock that keeps all
-- others out, and a count is never below 0.
alter table snapshot_history add column comment_count integer, add column counted_sha256 bytea;

comment on column snapshot_history.comment_count is 'Comments; null where they were not counted, or the bytes cannot be read.';
comment on column snapshot_history.counted_sha256 is 'The hash of the bytes that comment_count is about. If it is not sha256, they are still to be counted.';
