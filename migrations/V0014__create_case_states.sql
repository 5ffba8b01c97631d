create table case_states (
    case_id varchar(255) primary key,
    state text not null check (state in ('open', 'locked', 'archived')),
    changed_at timestamptz not null
);

comment on table case_states is 'What a case itself allows. A case without a row is open.';
comment on column case_states.state is
    '`open`: everybody may do what their role allows. `locked`: only owners may write. `archived`: nobody may.';
