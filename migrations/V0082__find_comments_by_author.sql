create index highlight_comment_author_id on highlight_comment (author_id);
