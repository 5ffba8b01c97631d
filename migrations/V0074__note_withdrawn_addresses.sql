-- Whichever host takes it back, an earlier one too. What was an invitation and became a share counts as well: while either is there no
-- anonymous class takes the case, so that nothing is told by it.
create function note_withdrawn_addresses() returns trigger language plpgsql as $$
begin
    update cases c set address_withdrawn_at = now()
    from (
        select case_id from cases where case_id in (select case_id from gone where email is not null) order by case_id for no key update
    ) as o
    where c.case_id = o.case_id;
    update boards b set address_withdrawn_at = now()
    from (
        select board_id from boards where board_id in (select case_id from gone where email is not null) order by board_id for no key update
    ) as o
    where b.board_id = o.board_id;
    return null;
end
$$;

create trigger case_invitations_are_noted after delete on case_invitations
    referencing old table as gone for each statement execute function note_withdrawn_addresses();
create trigger shares_are_noted after delete on shares
    referencing old table as gone for each statement execute function note_withdrawn_addresses();
