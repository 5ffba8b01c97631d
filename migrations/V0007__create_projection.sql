create table projection (
    case_id varchar(255) primary key,
    version bigint not null,
    error text,
    projected_at timestamptz not null default now()
);

comment on table projection is
    'How far the rows of highlight and highlight_comment follow: the watermark of each case.';
comment on column projection.version is 'The version of annotation_document_state that the rows show.';
comment on column projection.error is 'Why that version could not be projected; its rows are then those of an earlier one.';
