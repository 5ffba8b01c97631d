create table annotation_document_state (
    id uuid primary key default gen_random_uuid(),
    case_id varchar(255) not null,
    crdt_state bytea,
    highlight_count integer not null default 0 check (highlight_count >= 0),
    last_editor varchar(100),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version bigint not null check (version >= 1),
    sha256 bytea,
    state_vector bytea,
    attribution bytea,
    deleted_at timestamptz,
    constraint annotation_document_state_case_id_key unique (case_id),
    constraint annotation_document_state_hashed check ((crdt_state is null) = (sha256 is null)),
    constraint annotation_document_state_deleted check (deleted_at is null or crdt_state is null)
);

comment on table annotation_document_state is
    'The newest snapshot of every case. A row is never removed: a deleted case leaves a tombstone.';
comment on column annotation_document_state.crdt_state is
    'The whole document as Yjs update v1, loadable with Y.applyUpdate. Null in a tombstone, and where a corrupt snapshot went to quarantine and no earlier version was good.';
comment on column annotation_document_state.highlight_count is
    'Entries of the root map `highlights`, nested maps and plain JSON values alike.';
comment on column annotation_document_state.last_editor is 'The author of the last accepted edit.';
comment on column annotation_document_state.version is
    'Grows by one with every change of the row, tombstones included; never used twice.';
comment on column annotation_document_state.sha256 is 'SHA-256 of crdt_state, checked at every write and read.';
comment on column annotation_document_state.state_vector is
    'What crdt_state holds, as an encoded Yjs state vector. Derived: follows with the projection, null until then.';
comment on column annotation_document_state.attribution is 'Which client id belongs to which user. Null: unknown.';
comment on column annotation_document_state.deleted_at is 'Set in a tombstone: GET and PUT answer 410 for ever.';
