alter table cases
    add column visible_from timestamptz check (isfinite(visible_from)),
    add column hidden_at timestamptz;

comment on column cases.visible_from is 'Until then only owners get in. Null: everybody does who has a role.';
comment on column cases.hidden_at is
    'When visible_from was last set, by the clock that tickets are issued by.';
