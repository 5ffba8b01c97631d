-- What was taken back before the trigger was there the audit log knows. It does not know whether that was by an address where somebody
-- had it: so whatever was taken back counts.
with ended as materialized (
    select case_id, at, detail from audit_log where act = 'share_set' and case_id is not null
), noted as materialized (
    select case_id, max(at) as at from ended where detail::jsonb @> '{"role": null}' group by case_id
), of_cases as (
    update cases c set address_withdrawn_at = greatest(c.address_withdrawn_at, n.at) from noted n where n.case_id = c.case_id
)
update boards b set address_withdrawn_at = greatest(b.address_withdrawn_at, n.at) from noted n where n.case_id = b.board_id;
