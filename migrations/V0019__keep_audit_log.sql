-- Whoever owns the table could take the triggers away, and `host verify` says so then.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: an entry is never changed and never removed', tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_log_keeps_entries before update or delete on audit_log
    for each row execute function refuse_change();
create trigger audit_log_is_never_emptied before truncate on audit_log
    for each statement execute function refuse_change();
