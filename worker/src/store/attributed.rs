//! An update or a snapshot with its attribution behind it: one whole, which is cut into parts like any other.

/// What one set of rows holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attributed {
    whole: Vec<u8>,
    attribution_bytes: usize,
}

impl Attributed {
    /// Puts an attribution behind an update.
    pub(crate) fn new(mut update: Vec<u8>, attribution: &[u8]) -> Self {
        // Not twice the room: the update may be a whole document.
        update.reserve_exact(attribution.len());
        update.extend_from_slice(attribution);
        Self {
            whole: update,
            attribution_bytes: attribution.len(),
        }
    }

    pub(crate) fn whole(&self) -> &[u8] {
        &self.whole
    }

    /// How many of the last bytes are the attribution.
    pub(crate) fn attribution_bytes(&self) -> i64 {
        self.attribution_bytes as i64
    }

    /// Takes apart what was read: the update, and the attribution if there is one. Absent if there are fewer bytes.
    pub(crate) fn split(
        mut whole: Vec<u8>,
        attribution_bytes: i64,
    ) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
        let attribution_bytes = usize::try_from(attribution_bytes).ok()?;
        let update_bytes = whole.len().checked_sub(attribution_bytes)?;
        let attribution = whole.split_off(update_bytes);
        Some((whole, (!attribution.is_empty()).then_some(attribution)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_together_comes_apart_again() {
        let both = Attributed::new(vec![1, 2, 3], &[4, 5]);
        assert_eq!(both.whole(), [1, 2, 3, 4, 5]);
        let apart = Attributed::split(both.whole().to_vec(), both.attribution_bytes());
        assert_eq!(apart, Some((vec![1, 2, 3], Some(vec![4, 5]))));
        assert_eq!(Attributed::split(vec![1], 0), Some((vec![1], None)));
    }

    #[test]
    fn more_attribution_than_there_are_bytes_is_a_contradiction() {
        assert_eq!(Attributed::split(vec![1, 2], 3), None);
        assert_eq!(Attributed::split(vec![1, 2], -1), None);
    }
}
