//! `docs/security.md` says by which test each of its controls is held. What it names has to exist.

use std::{fs, path::Path};

const PAGE: &str = "docs/security.md";

/// The tests that the page names: a file in backquotes, a colon, and the test's name up to the end of its cell.
fn named(page: &str) -> Vec<(&str, &str)> {
    let cells = page
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(|line| line.split('|'));
    cells
        .filter_map(|cell| {
            let (file, name) = cell.trim().strip_prefix('`')?.split_once("`: ")?;
            Some((file, name))
        })
        .collect()
}

/// Whether a source has a test of that name, as its language writes names.
fn has_test(source: &str, file: &str, name: &str) -> bool {
    if Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "rs")
    {
        let name = name.replace([' ', '-', '’'], "_");
        source.contains(&format!("fn {name}()"))
    } else {
        ["'", "`"].iter().any(|quote| {
            source.contains(&format!("test({quote}{name}{quote}"))
                || source.contains(&format!("test({quote}${{what}} {name}{quote}"))
        })
    }
}

#[test]
fn every_test_that_the_security_page_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join(PAGE)).expect("the page can be read");
    let named = named(&page);
    assert!(named.len() > 20, "the page names {} tests", named.len());
    let missing: Vec<_> = named
        .into_iter()
        .filter(|(file, name)| {
            let source = fs::read_to_string(root.join(file)).unwrap_or_default();
            !has_test(&source, file, name)
        })
        .collect();
    assert!(
        missing.is_empty(),
        "{PAGE} names tests that do not exist: {missing:#?}"
    );
}

#[test]
fn a_name_that_differs_is_no_test() {
    let rust = "#[test]\nfn nobody_comes_in() {}";
    assert!(has_test(rust, "a.rs", "nobody comes in"));
    assert!(!has_test(rust, "a.rs", "nobody comes"));
    let script = "test('nobody comes in', () => {});\ntest(`${what} is stopped`, () => {});";
    assert!(has_test(script, "a.ts", "nobody comes in"));
    assert!(has_test(script, "a.ts", "is stopped"));
    assert!(!has_test(script, "a.ts", "nobody comes"));
    assert_eq!(
        named("| a | b | `c.rs`: d e |\nno `c.rs`: row"),
        [("c.rs", "d e")]
    );
}
