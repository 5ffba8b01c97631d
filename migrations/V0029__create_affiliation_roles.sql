create table affiliation_roles (
    institution_id varchar(64) not null references institutions (id) on delete cascade,
    affiliation varchar(64) not null check (affiliation ~ '^[a-z0-9-]+$'),
    role text not null check (role in ('student', 'staff', 'instructor', 'admin')),
    primary key (institution_id, affiliation)
);

comment on table affiliation_roles is
    'What an affiliation, as eduPerson names them (faculty, staff, student), makes of somebody at an institution.';
