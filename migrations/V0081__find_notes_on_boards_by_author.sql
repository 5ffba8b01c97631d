create index board_note_author_id on board_note (author_id);
