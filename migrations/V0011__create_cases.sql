create table cases (
    case_id varchar(255) primary key,
    title text not null check (char_length(title) between 1 and 200),
    kind text not null check (kind in ('judgment', 'conversation', 'text')),
    summary text,
    paragraphs integer not null check (paragraphs >= 0),
    text_sha256 bytea not null references case_text (sha256),
    created_by varchar(100),
    created_at timestamptz not null default now()
);

create index cases_created_at on cases (created_at desc, case_id);
create index cases_text_sha256 on cases (text_sha256);

comment on table cases is
    'Cases that people brought: what a list shows of them. Annotations are in annotation_document_state, under the same case_id; a case may have either without the other.';
comment on column cases.summary is 'What it is about, if anybody said so.';
comment on column cases.paragraphs is 'How many paragraphs the text has.';
comment on column cases.created_by is 'Who brought it. Null: nobody had signed in.';
