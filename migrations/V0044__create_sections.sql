create table sections (
    id uuid primary key default gen_random_uuid(),
    class_id uuid not null references classes (id),
    name text not null check (char_length(name) between 1 and 100),
    created_at timestamptz not null default clock_timestamp(),
    unique (class_id, id)
);

create unique index sections_name on sections (class_id, lower(name));

comment on table sections is 'Parts of a class that work apart: each has cases of its own, of a text that all of them have.';
