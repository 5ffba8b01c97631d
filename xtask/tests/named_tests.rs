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
        has_rust_test(source, &name.replace([' ', '-', '’'], "_"))
    } else {
        ["'", "`"].iter().any(|quote| {
            source.contains(&format!("test({quote}{name}{quote}"))
                || source.contains(&format!("test({quote}${{what}} {name}{quote}"))
        })
    }
}

/// What makes a test of a function, and may have arguments; a function that only is called like one is never run by itself.
const ATTRIBUTES: [&str; 3] = ["test", "tokio::test", "wasm_bindgen_test"];

/// Whether a Rust source has a function of that name with one of these attributes, which is not ignored. Attributes stand one a line,
/// as the formatter leaves them, with nothing but others and comments between them and the function.
fn has_rust_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let function = format!("fn {name}()");
    lines.iter().enumerate().any(|(index, line)| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        let before = || {
            let before = lines[..index].iter().rev();
            before.take_while(|line| line.starts_with("#[") || line.starts_with("//"))
        };
        line.starts_with(&function)
            && before().any(|line| is_test_attribute(line))
            && !before().any(|line| line.starts_with("#[ignore"))
    })
}

fn is_test_attribute(line: &str) -> bool {
    let attribute = line
        .strip_prefix("#[")
        .and_then(|line| line.strip_suffix(']'));
    attribute.is_some_and(|attribute| {
        let name = attribute
            .split_once('(')
            .map_or(attribute, |(name, _)| name);
        ATTRIBUTES.contains(&name)
    })
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

/// How many items of levels 1 and 2 each section of the chapters has that the page goes through, by OWASP ASVS 5.0.0
/// (their numbers begin at 1 and have no gaps there).
const ASVS: [(&str, u8); 35] = [
    ("3.2", 2),
    ("3.3", 4),
    ("3.4", 6),
    ("3.5", 5),
    ("3.7", 2),
    ("4.1", 3),
    ("4.2", 1),
    ("4.3", 2),
    ("4.4", 4),
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("8.1", 2),
    ("8.2", 3),
    ("8.3", 1),
    ("8.4", 1),
    ("9.1", 3),
    ("9.2", 4),
    ("10.1", 2),
    ("10.2", 2),
    ("10.3", 4),
    ("10.4", 11),
    ("10.5", 5),
    ("10.6", 2),
    ("10.7", 3),
];

#[test]
fn the_security_page_goes_through_every_item_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join(PAGE)).expect("the page can be read");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| V"));
    let mut found = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert!(!cells[1].is_empty(), "{row}: says neither how nor why not");
        found.extend(
            cells[0]
                .split(", ")
                .map(|id| id.trim_start_matches('V').to_owned()),
        );
    }
    let mut wanted: Vec<String> = ASVS
        .into_iter()
        .flat_map(|(section, count)| (1..=count).map(move |item| format!("{section}.{item}")))
        .collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
}

#[test]
fn a_name_that_differs_is_no_test() {
    let rust = "#[test]\nfn nobody_comes_in() {}";
    assert!(has_test(rust, "a.rs", "nobody comes in"));
    assert!(!has_test(rust, "a.rs", "nobody comes"));
    assert!(!has_test(rust, "a.rs", "body comes in"));
    let script = "test('nobody comes in', () => {});\ntest(`${what} is stopped`, () => {});";
    assert!(has_test(script, "a.ts", "nobody comes in"));
    assert!(has_test(script, "a.ts", "is stopped"));
    assert!(!has_test(script, "a.ts", "nobody comes"));
    assert_eq!(
        named("| a | b | `c.rs`: d e |\nno `c.rs`: row"),
        [("c.rs", "d e")]
    );
}

#[test]
fn a_function_that_nobody_runs_is_no_test() {
    for source in [
        "#[test]\nfn a_b() {}",
        "mod tests {\n    #[test]\n    fn a_b() {\n    }\n}",
        "#[tokio::test]\nasync fn a_b() {}",
        "#[tokio::test(flavor = \"multi_thread\")]\nasync fn a_b() {}",
        "#[wasm_bindgen_test]\nfn a_b() {}",
        "/// Says why.\n#[test]\n// And how.\n#[should_panic(expected = \"b\")]\nfn a_b() {}",
        "fn a_b() {}\n#[test]\nfn a_b() {}",
    ] {
        assert!(has_test(source, "a.rs", "a b"), "{source}");
    }
    for source in [
        "fn a_b() {}",
        "async fn a_b() {}",
        "#[test]\nfn c() {}\nfn a_b() {}",
        "#[test]\nfn c() { a_b() }\n\nfn a_b() {}",
        "#[cfg(test)]\nfn a_b() {}",
        "#[test_helper]\nfn a_b() {}",
        "// #[test]\nfn a_b() {}",
        "#[test]\n// fn a_b() {}\nfn c() {}",
        "#[test]\n#[ignore = \"slow\"]\nfn a_b() {}",
        "#[test]\n\nconst A: u8 = 1;\nfn a_b() {}",
    ] {
        assert!(!has_test(source, "a.rs", "a b"), "{source}");
    }
}
