create table highlight_comment (
    case_id varchar(255) not null,
    comment_id text not null,
    highlight_id text,
    parent_id text,
    body text,
    author_id text,
    author text,
    created_at timestamptz,
    edited_at timestamptz,
    resolved_at timestamptz,
    search tsvector not null generated always as (to_tsvector('simple', coalesce(body, ''))) stored,
    primary key (case_id, comment_id)
);

create index highlight_comment_highlight_id on highlight_comment (case_id, highlight_id);
create index highlight_comment_search on highlight_comment using gin (search);

comment on table highlight_comment is
    'Projection of the documents'' comments, like highlight.';
comment on column highlight_comment.comment_id is 'The key in the root map `comments`.';
comment on column highlight_comment.highlight_id is 'The highlight that it belongs to; it need not exist any more.';
comment on column highlight_comment.parent_id is 'The comment that it answers; it need not exist any more.';
