-- What was said of the students of one class is not said of another's. A host that does not know the column takes a case out of a class,
-- and puts it into another, without forgetting it; and what such a host settles by the class's word stays so until something is settled
-- there again, or the same is said once more.
create function forget_class_role() returns trigger language plpgsql as $$
begin
    new.class_role := null;
    return new;
end
$$;

create trigger cases_forget_class_role before update of class_id on cases
    for each row when (old.class_id is distinct from new.class_id) execute function forget_class_role();
