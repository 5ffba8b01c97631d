-- Gone with private_notes, and so wherever these are forgotten.
create table private_note_words (
    document_id varchar(255) not null references private_notes (document_id) on delete cascade,
    item text not null,
    highlight_id text,
    body text not null,
    written_at timestamptz,
    search tsvector not null generated always as (to_tsvector('simple', body)) stored,
    primary key (document_id, item)
);

create index private_note_words_search on private_note_words using gin (search);

comment on table private_note_words is
    'Projection of private notes, for their author''s search alone. In a table of its own, so that nobody who looks into highlight or highlight_comment, as dashboards do, reads them by accident.';
comment on column private_note_words.item is 'A quote, a note on one, or a piece of the free ones: a letter and an id.';
comment on column private_note_words.highlight_id is 'The words of the text that it is about. Null: none.';

-- What is there already is projected again.
delete from projection where case_id in (select document_id from private_notes);
