-- What was said before a region had a meaning, and has none now, is let go. Safe while an older host runs: nothing reads the
-- column there. It may still write other words meanwhile, which a newer one takes for not known; a check of the column has to
-- wait until no such host runs.
update grants set region = null
where region not in ('wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me');

comment on column grants.region is
    'Where their class is, as a location hint of the platform, for a room that is not made yet. Null, or any other word: not known.';
