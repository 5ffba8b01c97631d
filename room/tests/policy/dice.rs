//! Chance: from a seed, or from the bytes of a fuzzer.

/// Draws numbers, the same ones each time.
pub enum Dice {
    Seeded(u64),
    /// What is left to draw from; nothing but zeros after that.
    Written(Vec<u8>),
}

impl Dice {
    pub fn written(bytes: &[u8]) -> Dice {
        Dice::Written(bytes.iter().rev().copied().collect())
    }

    pub fn is_spent(&self) -> bool {
        match self {
            Dice::Seeded(_) => false,
            Dice::Written(rest) => rest.is_empty(),
        }
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        match self {
            // SplitMix64: small, and the same everywhere.
            Dice::Seeded(state) => {
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut mixed = *state;
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                ((mixed ^ (mixed >> 31)) % end as u64) as usize
            }
            Dice::Written(rest) => {
                let mut drawn = usize::from(rest.pop().unwrap_or(0));
                if end > 256 {
                    drawn = drawn << 8 | usize::from(rest.pop().unwrap_or(0));
                }
                drawn % end
            }
        }
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> Option<T> {
        match choices.len() {
            0 => None,
            len => Some(choices[self.below(len)].clone()),
        }
    }

    /// One of the choices, of which there is one at least.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}
