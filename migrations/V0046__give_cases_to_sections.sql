-- A section that has a case cannot be removed.
alter table cases
    add column section_id uuid,
    add foreign key (class_id, section_id) references sections (class_id, id),
    add check (section_id is null or class_id is not null);

create index cases_section_id on cases (section_id);

comment on column cases.section_id is 'Whose students get at it. Null: the whole class''s.';
