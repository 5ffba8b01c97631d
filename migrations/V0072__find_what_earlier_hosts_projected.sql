-- An earlier host writes `version` and leaves this as it was: so what it has projected without the words of notes is told from
-- what was projected with them, however long it still runs.
alter table projection add column notes_version bigint;

comment on column projection.notes_version is
    'The version of which the words of private notes and of notes on boards are shown, where there are such. If it is not the version that is projected, an earlier host did that, and it is projected again.';

-- Where there are no such words nothing is missing.
update projection p set notes_version = version
where not exists (select from boards where board_id = p.case_id)
  and not exists (select from private_notes where document_id = p.case_id);
