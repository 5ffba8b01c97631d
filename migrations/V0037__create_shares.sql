create table shares (
    case_id varchar(255) not null,
    user_id varchar(100) not null check (char_length(user_id) >= 1),
    name varchar(100) not null check (char_length(name) >= 1),
    role text not null check (role in ('read', 'comment', 'annotate', 'own')),
    region varchar(64) check (char_length(region) >= 1),
    created_at timestamptz not null default now(),
    primary key (case_id, user_id)
);

comment on table shares is
    'What was given to one person on one case. Of this, of their enrolments and of owning the case, the most counts: that is in grants.';
comment on column shares.name is 'What others see of somebody who has no account; otherwise the account''s name counts.';

-- Hosts of an earlier release set grants themselves. What they set counts as given to that person, so that the next one who
-- settles does not take it away. Hosts that settle say so in their transaction.
create function share_what_is_granted() returns trigger language plpgsql as $$
begin
    if coalesce(current_setting('glossator.settles', true), '') = 'yes' then
        return null;
    end if;
    if new.role is null then
        delete from shares where case_id = new.case_id and user_id = new.user_id;
    else
        insert into shares as s (case_id, user_id, name, role, region)
        values (new.case_id, new.user_id, new.name, new.role, new.region)
        on conflict (case_id, user_id) do update
        set name = excluded.name, role = excluded.role, region = excluded.region;
    end if;
    return null;
end
$$;

-- Waits for those that write a grant, and keeps others from it until what is there is taken over.
create trigger grants_are_shared after insert or update of role on grants
    for each row execute function share_what_is_granted();

insert into shares (case_id, user_id, name, role, region, created_at)
select case_id, user_id, name, role, region, created_at from grants where role is not null;

comment on table grants is
    'Who may do what on a case, settled from shares, enrolments and who owns it. A case without rows is open to nobody.';
