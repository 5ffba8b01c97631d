alter table boards add column placed_at timestamptz;

comment on column boards.placed_at is 'When it came to the class, or left one, by the clock that tickets are issued by.';
