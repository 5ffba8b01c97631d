create table snapshot_history (
    case_id varchar(255) not null,
    version bigint not null,
    crdt_state bytea not null,
    sha256 bytea not null,
    highlight_count integer not null,
    last_editor varchar(100),
    stored_at timestamptz not null,
    primary key (case_id, version)
);

create index snapshot_history_stored_at on snapshot_history (stored_at);

comment on table snapshot_history is
    'Earlier versions, thinned by age: all of the last hour, the newest of each hour for a day, of each day for 30 days, of each 30 days for a year.';
comment on column snapshot_history.version is 'The version that the row had in annotation_document_state.';
comment on column snapshot_history.stored_at is 'When this version was stored.';
