alter table classes add column anonymous boolean not null default false;

comment on column classes.anonymous is
    'Whether its students appear to each other under pseudonyms only. Said when the class is made, and the same ever after.';

-- Names that were seen cannot be unseen, and what was promised is kept.
create function keep_anonymity() returns trigger language plpgsql as $$
begin
    raise exception 'whether a class is anonymous does not change';
end
$$;

create trigger classes_keep_anonymity before update of anonymous on classes
    for each row when (old.anonymous is distinct from new.anonymous) execute function keep_anonymity();
