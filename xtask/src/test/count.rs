//! Counting tests by the lines that their runners close with.

/// How many tests ended how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
    /// Ignored, skipped, to do, cancelled: what did not run to its end.
    pub skipped: u64,
}

impl Count {
    /// Adds what another one counted.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Adds what a line says, if it is the closing line of a runner.
    ///
    /// - cargo's and wasm-bindgen's: `test result: ok. 3 passed; 0 failed; 0 ignored; …`
    /// - Node's: `ℹ pass 3`, `ℹ fail 0`, `ℹ skipped 0`, `ℹ cancelled 0`, `ℹ todo 0` (or with `#`)
    /// - our own: `3 passed, 0 failed`
    pub fn read(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim();
        if let Some(result) = line.strip_prefix("test result: ") {
            let numbers = result
                .split_once(". ")
                .map_or(result, |(_, numbers)| numbers);
            self.read_list(numbers, ';');
        } else if let Some(rest) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) {
            self.read_node(rest);
        } else if is_closing_line(line) {
            self.read_list(line, ',');
        }
    }

    fn read_list(&mut self, numbers: &str, separator: char) {
        for part in numbers.split(separator) {
            let mut words = part.split_whitespace();
            let Some(Ok(number)) = words.next().map(str::parse::<u64>) else {
                continue;
            };
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                Some("ignored") => self.skipped += number,
                Some(_) | None => {}
            }
        }
    }

    fn read_node(&mut self, rest: &str) {
        let Some((what, number)) = rest.split_once(' ') else {
            return;
        };
        let Ok(number) = number.parse::<u64>() else {
            return;
        };
        match what {
            "pass" => self.passed += number,
            "fail" | "cancelled" => self.failed += number,
            "skipped" | "todo" => self.skipped += number,
            _other => {}
        }
    }
}

/// Exactly `N passed, N failed`: a sentence that holds such words is not a result.
fn is_closing_line(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        [passed, "passed,", failed, "failed"] => {
            passed.parse::<u64>().is_ok() && failed.parse::<u64>().is_ok()
        }
        _other => false,
    }
}

/// Removes terminal colours.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> (u64, u64, u64) {
        let mut count = Count::default();
        text.lines().for_each(|line| count.read(line));
        (count.passed, count.failed, count.skipped)
    }

    #[test]
    fn the_results_of_several_cargo_test_programs_add_up() {
        let text = "test a ... ok\n\
                    test result: ok. 23 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.52s\n\
                    test result: FAILED. 1 passed; 2 failed; 3 ignored; 0 measured; 9 filtered out; finished in 0.1s";
        assert_eq!(counted(text), (24, 2, 3));
    }

    #[test]
    fn nodes_closing_lines_are_read_with_and_without_colours() {
        assert_eq!(
            counted("ℹ tests 9\nℹ pass 5\nℹ fail 1\nℹ cancelled 1\nℹ skipped 2\nℹ todo 0"),
            (5, 2, 2)
        );
        assert_eq!(counted("\u{1b}[34mℹ pass 4\u{1b}[39m\n# fail 1"), (4, 1, 0));
    }

    #[test]
    fn only_the_exact_line_of_our_own_programs_counts() {
        assert_eq!(counted("2000 passed, 3 failed"), (2000, 3, 0));
        assert_eq!(counted("seed 7: 3 passed, 0 failed"), (0, 0, 0));
        assert_eq!(counted("and 3 passed, nobody failed"), (0, 0, 0));
    }
}
