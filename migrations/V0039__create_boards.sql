create table boards (
    board_id varchar(255) primary key,
    title text not null check (char_length(title) between 1 and 200),
    class_id uuid references classes (id),
    owner_id uuid not null references users (id),
    created_at timestamptz not null default now()
);

create index boards_class_id on boards (class_id);
create index boards_owner_id on boards (owner_id);

comment on table boards is
    'Canvases. What is on one is a document like a case''s, in annotation_document_state under board_id; grants are too.';
