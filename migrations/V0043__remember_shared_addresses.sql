alter table shares add column email varchar(254) check (char_length(email) >= 3);

comment on column shares.email is
    'The address by which it was given: then only that is told of whom it is. Null: the person was known here by their id.';
