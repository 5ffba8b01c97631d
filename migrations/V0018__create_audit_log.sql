create table audit_log (
    seq bigint primary key check (seq >= 1),
    at timestamptz not null,
    act text not null,
    case_id varchar(255),
    subject uuid,
    detail text not null,
    request_id text not null,
    previous_sha256 bytea not null check (octet_length(previous_sha256) = 32),
    sha256 bytea not null unique check (octet_length(sha256) = 32)
);

comment on table audit_log is
    'Whatever changed who may do what, in order and without gaps. Each entry holds the hash of the one before it; `host verify` follows them.';
comment on column audit_log.act is 'What was done, as the host names it.';
comment on column audit_log.subject is 'To whom, as a pseudonym; null if it concerns nobody in particular.';
comment on column audit_log.detail is 'The rest, as a JSON object without names of people.';
comment on column audit_log.request_id is 'The request that did it, as in the logs; `command-line` for an operator''s command.';
comment on column audit_log.sha256 is 'Of all that is in this row; `host/src/store/audit.rs` says how it is written down.';
