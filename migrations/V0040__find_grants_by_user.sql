create index grants_user_id on grants (user_id);
