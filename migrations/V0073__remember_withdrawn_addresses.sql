-- Whether an address was somebody's is not to be told by what can be done with a case afterwards.
alter table cases add column address_withdrawn_at timestamptz;
alter table boards add column address_withdrawn_at timestamptz;

comment on column cases.address_withdrawn_at is
    'When something that was given to an address went the last time, whether anybody was known by that or not; null: nothing was. No anonymous class takes it since.';
comment on column boards.address_withdrawn_at is 'As with cases.';
