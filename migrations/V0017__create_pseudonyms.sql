create table pseudonyms (
    user_id varchar(100) primary key check (char_length(user_id) >= 1),
    pseudonym uuid not null unique default gen_random_uuid()
);

comment on table pseudonyms is
    'Who is meant by a pseudonym of the audit log. To erase a person their row is deleted: the log stays as it is, and names nobody.';
