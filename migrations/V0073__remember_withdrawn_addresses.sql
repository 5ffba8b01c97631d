-- Whether an address was somebody's is not to be told by what can be done with a case afterwards.
alter table cases add column address_withdrawn_at timestamptz;
alter table boards add column address_withdrawn_at timestamptz;

comment on column cases.address_withdrawn_at is
    'When a share by an address was taken back the last time, whether anybody was known by that or not; null: none was. No anonymous class takes it since.';
comment on column boards.address_withdrawn_at is 'As with cases.';

-- What was taken back so far the audit log knows. Where somebody was known, their row of grants has stayed.
update cases c set address_withdrawn_at = a.at
from (
    select case_id, max(at) as at from audit_log
    where act = 'share_set' and detail::jsonb @> '{"role": null, "is_invitation": true}' group by case_id
) as a where a.case_id = c.case_id;
update boards b set address_withdrawn_at = a.at
from (
    select case_id, max(at) as at from audit_log
    where act = 'share_set' and detail::jsonb @> '{"role": null, "is_invitation": true}' group by case_id
) as a where a.case_id = b.board_id;
