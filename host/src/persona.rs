//! Pseudonyms: what students of an anonymous class are called.
//!
//! A name is drawn by lot and stored; nothing about a person can be worked out of it. The words are of colours, weather and
//! temper, and of birds, trees and stones: no two of them together say anything of anybody.

use std::collections::BTreeSet;

const FIRST: [&str; 64] = [
    "Amber", "Alpine", "Arctic", "Autumn", "Azure", "Balmy", "Breezy", "Bright", "Brisk", "Bronze",
    "Calm", "Candid", "Cheerful", "Clear", "Coastal", "Cobalt", "Copper", "Coral", "Cosmic",
    "Crisp", "Crystal", "Daring", "Dappled", "Distant", "Dusky", "Early", "Eastern", "Emerald",
    "Evening", "Fabled", "Frosty", "Gentle", "Gilded", "Golden", "Graceful", "Hushed", "Indigo",
    "Gleaming", "Jolly", "Keen", "Lively", "Lucid", "Lunar", "Marble", "Mellow", "Moonlit",
    "Mossy", "Nimble", "Noble", "Northern", "Ochre", "Patient", "Pebbled", "Polar", "Quiet",
    "Russet", "Saffron", "Silver", "Solar", "Steady", "Sunny", "Teal", "Topaz", "Velvet",
];

const SECOND: [&str; 64] = [
    "Acacia",
    "Alder",
    "Aspen",
    "Aster",
    "Avocet",
    "Basalt",
    "Birch",
    "Bramble",
    "Bunting",
    "Cedar",
    "Clover",
    "Comet",
    "Crane",
    "Curlew",
    "Cypress",
    "Dunlin",
    "Delta",
    "Dolphin",
    "Dove",
    "Egret",
    "Falcon",
    "Fern",
    "Finch",
    "Fjord",
    "Garnet",
    "Gazelle",
    "Glacier",
    "Granite",
    "Harbour",
    "Hawthorn",
    "Heron",
    "Ibis",
    "Ibex",
    "Kelp",
    "Juniper",
    "Kestrel",
    "Kingfisher",
    "Lagoon",
    "Larch",
    "Lark",
    "Lichen",
    "Linnet",
    "Lotus",
    "Maple",
    "Marlin",
    "Meadow",
    "Nuthatch",
    "Oak",
    "Oriole",
    "Osprey",
    "Otter",
    "Petrel",
    "Pine",
    "Plover",
    "Poplar",
    "Quartz",
    "Redstart",
    "Sandpiper",
    "Sparrow",
    "Swift",
    "Tern",
    "Thistle",
    "Wagtail",
    "Wren",
];

/// A name that nobody in a class has yet, by a number that was drawn. There is always one: where all pairs of words are taken,
/// a number follows them.
pub fn draw(random: u64, taken: &BTreeSet<String>) -> String {
    let pairs = FIRST.len() * SECOND.len();
    let start = usize::try_from(random % pairs as u64).unwrap_or_default();
    let mut round = 0_usize;
    loop {
        for step in 0..pairs {
            let drawn = (start + step * STRIDE) % pairs;
            let (first, second) = (FIRST[drawn / SECOND.len()], SECOND[drawn % SECOND.len()]);
            let name = match round {
                0 => format!("{first} {second}"),
                more => format!("{first} {second} {}", more + 1),
            };
            if !taken.contains(&name) {
                return name;
            }
        }
        round += 1;
    }
}

/// From one pair to the next, so that neighbours have no word in common. It has no divisor in common with their number: all are tried.
const STRIDE: usize = 1_369;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_there_once_and_two_have_no_more_than_a_word_in_common() {
        let words: BTreeSet<&str> = FIRST.into_iter().chain(SECOND).collect();
        assert_eq!(words.len(), FIRST.len() + SECOND.len());
        assert!(
            words
                .iter()
                .all(|word| word.chars().all(char::is_alphabetic))
        );
    }

    #[test]
    fn a_class_never_runs_out_of_names() {
        let mut taken = BTreeSet::new();
        for number in 0..4_200_u64 {
            let drawn = draw(number * 2_654_435_761, &taken);
            assert!(taken.insert(drawn), "{number}");
        }
        assert!(taken.contains("Amber Heron"));
        assert!(taken.iter().any(|name| name.ends_with(" 2")));
    }
}
