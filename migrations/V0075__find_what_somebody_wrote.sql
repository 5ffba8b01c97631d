-- Erasing a person asks whatever they may have left something in. Without these each such question reads whole tables.
create index highlight_author_id on highlight (author_id);
create index highlight_comment_author_id on highlight_comment (author_id);
create index board_note_author_id on board_note (author_id);
create index shares_user_id on shares (user_id);
create index grants_earlier_id on grants (earlier_id) where earlier_id is not null;
create index client_tokens_user_id on client_tokens (user_id);
create index classes_owner_id on classes (owner_id);
