create table case_tag (
    case_id varchar(255) not null,
    tag_id text not null,
    name text not null,
    search tsvector not null generated always as (to_tsvector('simple', name)) stored,
    primary key (case_id, tag_id)
);

create index case_tag_search on case_tag using gin (search);

comment on table case_tag is
    'Projection of the documents'' tags, like highlight. The tags that every case begins with are not in a document before somebody changes them.';
