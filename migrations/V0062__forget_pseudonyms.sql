-- The service's role only reads and appends pseudonyms, so that it cannot make the log say of one person what another did. This
-- runs with the rights of whoever owns the tables, and can only forget whom one meant who was erased.
create function forget_pseudonym(erased uuid) returns void language sql security definer set search_path from current as $$
    delete from pseudonyms p using users u
    where u.id = erased and u.erased_at is not null and p.user_id = erased::text
$$;
