create table case_text (
    sha256 bytea primary key check (octet_length(sha256) = 32),
    body bytea not null,
    created_at timestamptz not null default now()
);

comment on table case_text is
    'The texts of cases, each once, immutable: whatever is annotated counts from their beginning. Served by hash. A row goes with the last case that has it.';
comment on column case_text.sha256 is 'SHA-256 of body, and the address of the text.';
comment on column case_text.body is
    'JSON: title, kind, the whole text, and blocks and marks over it in UTF-16 units. The bytes that are served.';
