//! Updates that follow on each other as one (SPEC section 4).

use crate::{decode::Malformed, known::Extent};

/// Updates that follow on each other as one. If yrs could not merge what it has emitted itself, or has lost or added
/// something, they stay as they are.
pub(super) fn merged<'a>(updates: impl Iterator<Item = &'a Vec<u8>>) -> Vec<Vec<u8>> {
    merged_by(updates, |updates| yrs::merge_updates_v1(updates).ok())
}

fn merged_by<'a>(
    updates: impl Iterator<Item = &'a Vec<u8>>,
    merge: impl FnOnce(&[&Vec<u8>]) -> Option<Vec<u8>>,
) -> Vec<Vec<u8>> {
    let updates: Vec<&Vec<u8>> = updates.collect();
    if updates.len() > 1
        && let Some(one) = merge(&updates)
        && says_the_same(&one, &updates).unwrap_or(false)
    {
        return vec![one];
    }
    updates.into_iter().cloned().collect()
}

/// Whether an update holds the same clocks, and deletes the same, as all of these together.
fn says_the_same(one: &[u8], updates: &[&Vec<u8>]) -> Result<bool, Malformed> {
    let mut parts = Extent::default();
    for update in updates {
        parts.add(update)?;
    }
    let mut whole = Extent::default();
    whole.add(one)?;
    Ok(whole == parts)
}

#[cfg(test)]
mod tests {
    use yrs::{Doc, Text, Transact, WriteTxn};

    use super::*;

    /// What somebody types, and takes away again in part.
    fn typed() -> Vec<Vec<u8>> {
        let doc = Doc::with_client_id(7u64);
        let change = |does: &dyn Fn(&mut yrs::TransactionMut<'_>)| {
            let mut txn = doc.transact_mut();
            does(&mut txn);
            txn.encode_update_v1()
        };
        let write = |txn: &mut yrs::TransactionMut<'_>| {
            let notes = txn.get_or_insert_text("notes");
            notes.insert(txn, 0, "words");
        };
        let erase = |txn: &mut yrs::TransactionMut<'_>| {
            txn.get_or_insert_text("notes").remove_range(txn, 1, 2);
        };
        vec![change(&write), change(&erase), change(&write)]
    }

    #[test]
    fn ti8_what_says_the_same_is_taken_as_one() {
        let typed = typed();
        assert_eq!(merged(typed.iter()).len(), 1);
    }

    #[test]
    fn ti8_what_lost_a_part_in_merging_stays_in_parts() {
        let typed = typed();
        for lost in 0..typed.len() {
            let lossy = |updates: &[&Vec<u8>]| {
                let mut kept = updates.to_vec();
                kept.remove(lost);
                yrs::merge_updates_v1(&kept).ok()
            };
            assert_eq!(merged_by(typed.iter(), lossy), typed, "without {lost}");
        }
    }

    #[test]
    fn ti8_what_cannot_be_read_once_it_is_merged_stays_in_parts() {
        let typed = typed();
        let garbled = |_: &[&Vec<u8>]| Some(vec![1, 2, 3]);
        assert_eq!(merged_by(typed.iter(), garbled), typed);
        assert_eq!(merged_by(typed.iter(), |_| None), typed);
    }

    #[test]
    fn ti8_what_was_added_in_merging_stays_in_parts() {
        let typed = typed();
        let adds = |updates: &[&Vec<u8>]| {
            let other = Doc::with_client_id(8u64);
            let mut txn = other.transact_mut();
            txn.get_or_insert_text("notes").insert(&mut txn, 0, "x");
            let stranger = txn.encode_update_v1();
            let mut all = updates.to_vec();
            all.push(&stranger);
            yrs::merge_updates_v1(&all).ok()
        };
        assert_eq!(merged_by(typed.iter(), adds), typed);
    }
}
