-- Whoever was given something by their id as well has it by both. A host that does not know the column takes what was given by the
-- address for an invitation that waits; what it settles is settled again by the next host that does.
alter table case_invitations add column claimed_by uuid references users (id);

comment on table case_invitations is
    'Shares by an address. A row becomes a share when somebody signs in with that address, proven, and stays beside one that they have already.';
comment on column case_invitations.claimed_by is
    'Who has the role, since they have a share by their id, or by another address, which is not to change by this. Null: nobody yet.';
