create table snapshot_quarantine (
    id bigint generated always as identity primary key,
    case_id varchar(255) not null,
    version bigint not null,
    crdt_state bytea not null,
    sha256 bytea not null,
    reason text not null,
    quarantined_at timestamptz not null default now()
);

create index snapshot_quarantine_case_id on snapshot_quarantine (case_id);

comment on table snapshot_quarantine is
    'Snapshots that turned out corrupt, kept for the operator. Never served.';
comment on column snapshot_quarantine.sha256 is 'What crdt_state should have hashed to.';
comment on column snapshot_quarantine.reason is 'What was wrong with it.';
