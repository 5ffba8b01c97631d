-- As V0088 for comments.
create index highlight_author_id_case_id on highlight (author_id, case_id);
