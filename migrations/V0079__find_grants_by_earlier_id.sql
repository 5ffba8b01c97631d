create index grants_earlier_id on grants (earlier_id) where earlier_id is not null;
