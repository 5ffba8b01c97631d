-- Safe while an older host runs: as with `rule` before it.
alter table outbox drop constraint outbox_order_check;
alter table outbox add constraint outbox_order_check check ("order" in ('delete', 'check', 'rule', 'erase'));

comment on column outbox."order" is
    '`delete`: forget the case. `check`: compare yourself with the store. `rule`: know who may do what. `erase`: take out what people have left who were erased. What the last two say is made when they are sent.';
