-- The host makes the chain, under a lock. This keeps out what any other writer could append: an entry after which none could
-- follow, or by which the log could not be read.
create function follow_newest_entry() returns trigger language plpgsql as $$
declare
    newest audit_log;
begin
    select * into newest from audit_log order by seq desc limit 1;
    if new.seq <> coalesce(newest.seq, 0) + 1
        or new.previous_sha256 <> coalesce(newest.sha256, decode(repeat('00', 32), 'hex'))
        or not isfinite(new.at)
    then
        raise exception 'an entry of audit_log must follow the newest one' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

create trigger audit_log_follows_its_newest before insert on audit_log
    for each row execute function follow_newest_entry();
