-- Gone with boards.
create table board_note (
    board_id varchar(255) not null references boards (board_id) on delete cascade,
    note_id text not null,
    body text not null,
    author_id text,
    author text,
    created_at timestamptz,
    search tsvector not null generated always as (to_tsvector('simple', body)) stored,
    primary key (board_id, note_id)
);

create index board_note_search on board_note using gin (search);

comment on table board_note is 'Projection of the sticky notes on boards that have words, for search, SQL and dashboards.';

-- What is there already is projected again.
delete from projection where case_id in (select board_id from boards);
