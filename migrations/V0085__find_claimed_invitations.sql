create index case_invitations_claimed_by on case_invitations (claimed_by) where claimed_by is not null;
