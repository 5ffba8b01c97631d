-- As with cases.
create trigger boards_forget_class_role before update of class_id on boards
    for each row when (old.class_id is distinct from new.class_id) execute function forget_class_role();
