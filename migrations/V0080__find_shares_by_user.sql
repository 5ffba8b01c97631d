create index shares_user_id on shares (user_id);
