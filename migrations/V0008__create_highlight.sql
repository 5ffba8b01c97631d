create table highlight (
    case_id varchar(255) not null,
    highlight_id text not null,
    tag text,
    start_offset integer,
    end_offset integer,
    quote text,
    para text,
    author_id text,
    author text,
    created_at timestamptz,
    search tsvector not null generated always as (to_tsvector('simple', coalesce(quote, ''))) stored,
    primary key (case_id, highlight_id)
);

create index highlight_search on highlight using gin (search);

comment on table highlight is
    'Projection of the documents'' highlights, for search and dashboards. Derived (`host rebuild-projection` makes it anew); never read back into a document.';
comment on column highlight.highlight_id is 'The key in the root map `highlights`.';
comment on column highlight.tag is 'The id of the tag.';
comment on column highlight.start_offset is 'In UTF-16 units of the case text.';
comment on column highlight.created_at is 'As the author''s client said; null if it said nothing readable.';
comment on column highlight.search is
    'Words of the quote. The `simple` configuration: cases come in many languages, and a stemmer of the wrong one hides words.';
