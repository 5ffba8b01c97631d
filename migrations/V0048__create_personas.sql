create table personas (
    id uuid primary key default gen_random_uuid(),
    class_id uuid not null references classes (id),
    user_id uuid not null references users (id),
    name text not null check (char_length(name) between 1 and 100),
    created_at timestamptz not null default now(),
    retired_at timestamptz,
    unique (class_id, user_id),
    unique (class_id, name)
);

create index personas_user_id on personas (user_id);

comment on table personas is
    'As whom people appear on the cases of an anonymous class. Drawn by lot, and kept when they leave: what they wrote stays theirs.';
comment on column personas.retired_at is
    'Since when somebody appears as themselves, who became staff and had written nothing as this. Null: they appear as this.';
comment on column personas.id is 'In the place of the user''s id, which carries their name elsewhere.';
