alter table cases add column owner_id uuid references users (id);

create index cases_owner_id on cases (owner_id);

comment on column cases.owner_id is 'Who brought it, and may delete it. Null: nobody had signed in.';
