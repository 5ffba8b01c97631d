create index client_tokens_user_id on client_tokens (user_id);
