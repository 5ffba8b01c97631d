create table case_passage (
    text_sha256 bytea not null references case_text (sha256) on delete cascade,
    start_offset integer not null check (start_offset >= 0),
    body text not null,
    search tsvector not null generated always as (to_tsvector('simple', body)) stored,
    primary key (text_sha256, start_offset)
);

create index case_passage_search on case_passage using gin (search);

comment on table case_passage is
    'The texts of cases in pieces of some paragraphs, for search. Derived from case_text; what lacks its pieces gets them within a minute.';
comment on column case_passage.start_offset is 'Where the piece begins, in UTF-16 units of the text.';
