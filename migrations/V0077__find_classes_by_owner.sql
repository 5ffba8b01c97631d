-- Erasing a person asks whatever they may have left something in: without an index each such question reads a whole table. One a file,
-- the largest tables last: while an index is built its table takes no writes, and what a file has locked stays so until its end.
create index classes_owner_id on classes (owner_id);
