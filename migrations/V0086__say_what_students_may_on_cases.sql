-- A host that does not know the column gives students what their class says; what it settles is settled again by the next host that
-- does. Nothing is said of the cases that are there: who is in their class keeps what they have.
alter table cases add column class_role text check (class_role in ('read', 'comment', 'annotate'));

comment on column cases.class_role is 'What the students of its class may do on it, in the place of classes.default_role. Null: that.';
