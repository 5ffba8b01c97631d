create table outbox (
    id bigint generated always as identity primary key,
    case_id varchar(255) not null,
    "order" text not null check ("order" in ('delete', 'check')),
    revision integer not null default 1,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    last_error text,
    created_at timestamptz not null default now(),
    constraint outbox_case_id_order_key unique (case_id, "order")
);

create index outbox_next_attempt_at on outbox (next_attempt_at);

comment on table outbox is
    'Orders to the edge that it has not confirmed yet. A row is removed by its confirmation only.';
comment on column outbox."order" is '`delete`: forget the case. `check`: compare yourself with the store.';
comment on column outbox.revision is
    'Raised when the same order is given again, so that a confirmation of the earlier one does not remove it.';
comment on column outbox.attempts is 'How often it was sent; the back-off grows with it.';
