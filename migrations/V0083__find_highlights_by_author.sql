create index highlight_author_id on highlight (author_id);
