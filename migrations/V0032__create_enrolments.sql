create table enrolments (
    class_id uuid not null references classes (id),
    user_id uuid not null references users (id),
    role text not null check (role in ('student', 'tutor', 'instructor', 'coordinator')),
    created_at timestamptz not null default now(),
    primary key (class_id, user_id)
);

create index enrolments_user_id on enrolments (user_id);

comment on table enrolments is 'Who is in which class. Whatever follows from it on the class''s cases is in grants.';
comment on column enrolments.role is
    'On the class''s cases students have its default role, tutors may annotate, instructors and coordinators are owners.';
