-- Whether somebody has written on a case is asked of each person whom a search finds, for each case. By two indexes, of the author and
-- of the case, either all that they have written anywhere is looked at each time, or all that anybody has written there. What
-- `highlight_comment_author_id` finds, this finds too; that one goes with a later release.
create index highlight_comment_author_id_case_id on highlight_comment (author_id, case_id);
