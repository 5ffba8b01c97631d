alter table cases
    add column class_id uuid references classes (id),
    add column placed_at timestamptz;

create index cases_class_id on cases (class_id);

comment on column cases.class_id is 'Whose members read it. Null: only with whom it is shared.';
comment on column cases.placed_at is 'When it came to the class, or left one, by the clock that tickets are issued by.';
