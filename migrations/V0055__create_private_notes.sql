create table private_notes (
    document_id varchar(255) primary key,
    case_id varchar(255) not null,
    user_id uuid not null references users (id),
    created_at timestamptz not null default now(),
    unique (case_id, user_id)
);

create index private_notes_user_id on private_notes (user_id);

comment on table private_notes is
    'What somebody writes on a case for themselves alone: a document like a case''s, in annotation_document_state under document_id. Its one row of grants is its author''s, as long as they may read the case.';
