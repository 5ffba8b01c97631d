//! What people have used up, in numbers that no test of a whole room would reach.

use super::*;

const START: Timestamp = Timestamp(1_800_000_000_000);

/// As many people as are remembered, each heard of a second after the one before, and what is kept of them.
fn crowd() -> (Persons, BTreeMap<String, String>) {
    let mut persons = Persons {
        is_kept: true,
        ..Persons::default()
    };
    let mut effects = Vec::new();
    for number in 0..PERSONS_MAX as u64 {
        let now = START + number * 1_000;
        persons.strike(now, &format!("{number}"), false, &mut effects);
    }
    let mut storage = BTreeMap::new();
    carry_out(effects, &mut storage);
    assert_eq!(storage.len(), PERSONS_MAX);
    (persons, storage)
}

fn carry_out(effects: Vec<Effect>, storage: &mut BTreeMap<String, String>) {
    for effect in effects {
        if let Effect::Keep { key, value } = effect {
            storage.insert(key, value);
        } else if let Effect::Forget { key } = effect {
            storage.remove(&key);
        } else {
            panic!("nothing else is ordered: {effect:?}");
        }
    }
}

/// Storage says the same as memory.
fn assert_kept(persons: &Persons, storage: &BTreeMap<String, String>) {
    let remembered = persons.people.iter();
    let in_memory: BTreeMap<String, String> = remembered
        .map(|(user, person)| (person_key(user), written(person)))
        .collect();
    assert_eq!(&in_memory, storage);
}

#[test]
fn at10_of_too_many_people_who_was_quiet_for_longest_is_forgotten() {
    let (mut persons, mut storage) = crowd();
    let now = START + 10_000_000;
    let mut effects = Vec::new();
    // The first of them is heard of again: a ticket that is good for a while.
    let ticket = ("ticket", now + 60_000);
    assert!(persons.spend_ticket(now, "0", ticket, &mut effects));
    persons.strike(now, "newcomer", false, &mut effects);
    carry_out(effects, &mut storage);
    assert_eq!(persons.people.len(), PERSONS_MAX);
    assert!(!persons.people.contains_key("1"), "the quietest one");
    assert!(persons.people.contains_key("0") && persons.people.contains_key("newcomer"));
    assert_kept(&persons, &storage);
}

#[test]
fn at10_nobody_is_forgotten_for_being_counted() {
    let (mut persons, mut storage) = crowd();
    let mut effects = Vec::new();
    // A clock that stepped back makes the newcomer the quietest of all.
    persons.strike(Timestamp(1), "newcomer", false, &mut effects);
    carry_out(effects, &mut storage);
    assert!(persons.people.contains_key("newcomer"));
    assert!(!persons.people.contains_key("0"));
    assert_kept(&persons, &storage);
}

#[test]
fn at10_who_is_forgotten_and_heard_of_again_in_one_list_is_kept() {
    let (mut persons, mut storage) = crowd();
    let now = START + 10_000_000;
    let mut effects = Vec::new();
    persons.strike(now, "newcomer", false, &mut effects);
    assert!(!persons.people.contains_key("0"));
    persons.strike(now, "0", false, &mut effects);
    persons.strike(now, "0", false, &mut effects);
    carry_out(effects, &mut storage);
    assert_kept(&persons, &storage);
    assert!(
        storage.contains_key(&person_key("0")),
        "the newest word counts"
    );
}
