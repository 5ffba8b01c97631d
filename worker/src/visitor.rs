//! The name under which somebody comes in while there is no signing in.

use room::limits::USER_CHARS_MAX;

/// Who came without saying a name.
const ANONYMOUS: &str = "anonymous";

/// The name that the query's `user` says: control characters and surrounding space dropped, cut to what the room
/// keeps; `anonymous` if nothing is left.
pub(crate) fn name(said: Option<&str>) -> String {
    let kept: String = said
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let name: String = kept.trim().chars().take(USER_CHARS_MAX).collect();
    if name.is_empty() {
        ANONYMOUS.to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_as_it_was_said() {
        assert_eq!(name(Some("Zoë 🎓")), "Zoë 🎓");
    }

    #[test]
    fn a_missing_or_empty_name_is_anonymous() {
        for said in [None, Some(""), Some("  \t\n"), Some("\0")] {
            assert_eq!(name(said), "anonymous");
        }
    }

    #[test]
    fn control_characters_are_dropped_and_an_overlong_name_is_cut() {
        assert_eq!(name(Some("a\nb\0c")), "abc");
        assert_eq!(name(Some(&"🎓".repeat(101))).chars().count(), 100);
    }
}
