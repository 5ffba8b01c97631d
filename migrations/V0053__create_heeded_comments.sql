create table heeded_comments (
    case_id varchar(255) not null,
    comment_id text not null,
    primary key (case_id, comment_id)
);

insert into heeded_comments (case_id, comment_id) select case_id, comment_id from highlight_comment;

comment on table heeded_comments is
    'Comments of which people have been told who are to be told of them. Not a part of the projection, which may be made anew.';
