alter table boards add column class_role text check (class_role in ('read', 'comment', 'annotate'));

comment on column boards.class_role is 'As with cases.';
