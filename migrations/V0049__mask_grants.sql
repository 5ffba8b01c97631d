alter table grants
    add column persona_id uuid references personas (id),
    add column earlier_id varchar(100),
    add column renamed_at timestamptz check (isfinite(renamed_at));

create index grants_persona_id on grants (persona_id);

comment on column grants.persona_id is
    'As whom this person appears on the case, in tokens and rulings: under this id, and by name. Null: as themselves.';
comment on column grants.earlier_id is 'As whom they appeared before, if that was another: their own id or a persona''s.';
comment on column grants.renamed_at is 'Since when what was issued to them as that is void.';
