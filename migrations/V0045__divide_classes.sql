alter table enrolments
    add column section_id uuid,
    add foreign key (class_id, section_id) references sections (class_id, id) on delete set null (section_id);

alter table roster_invitations
    add column section_id uuid,
    add foreign key (class_id, section_id) references sections (class_id, id) on delete set null (section_id);

comment on column enrolments.section_id is
    'Students get at cases of their section and at those of the whole class; staff at all. Null: in no section.';
comment on column roster_invitations.section_id is 'What becomes enrolments.section_id.';
