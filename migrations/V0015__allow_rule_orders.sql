-- Safe while an older host runs: it gives no such order. One that it claims it does not know; it logs that, and the order is
-- due again after its lease, for a host that does.
alter table outbox drop constraint outbox_order_check;
alter table outbox add constraint outbox_order_check check ("order" in ('delete', 'check', 'rule'));

comment on column outbox."order" is
    '`delete`: forget the case. `check`: compare yourself with the store. `rule`: know who may do what; the ruling is made when it is sent.';
