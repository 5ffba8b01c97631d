use super::*;
use crate::limits::{ROSTER_CELL_CHARS_MAX, ROSTER_CELLS_MAX};

fn people(csv: &str) -> Vec<(u64, String, String, Option<ClassRole>)> {
    let roster = read(csv).unwrap();
    assert_eq!(roster.refused.count, 0, "{:?}", roster.refused.listed);
    let line = |line: RosterLine| {
        let email = line.email.as_str().to_owned();
        (line.line, email, line.name, line.role)
    };
    roster.lines.into_iter().map(line).collect()
}

fn refusal(line: &str) -> (u64, String) {
    let csv = format!("First name,Last name,Email address,Roles\n{line}\nBo,Li,bo@uni.example,\n");
    let roster = read(&csv).unwrap();
    let emails: Vec<_> = roster
        .lines
        .iter()
        .map(|line| line.email.as_str())
        .collect();
    assert_eq!(
        emails,
        ["bo@uni.example"],
        "the other line is taken: {line:?}"
    );
    assert_eq!(roster.refused.count, 1, "{line:?}");
    let refused = roster.refused.listed[0].clone();
    assert!(refused.text.chars().count() <= 120);
    assert!(!refused.text.chars().any(char::is_control));
    (refused.line, refused.why)
}

#[test]
fn a_roster_is_read_as_moodle_writes_it() {
    let csv = "\u{feff}\"First name\",Surname,\"ID number\",\"Email address\",Groups\r\n\
               Zoë,\"O'Neil, Jr.\",4711,Zoe@Uni.example,\"A, B\"\r\n\
               Bo,Li,,bo@uni.example,\r\n";
    let expected = [
        (2, "zoe@uni.example", "Zoë O'Neil, Jr."),
        (3, "bo@uni.example", "Bo Li"),
    ];
    let expected =
        expected.map(|(line, email, name)| (line, email.to_owned(), name.to_owned(), None));
    assert_eq!(people(csv), expected);
}

#[test]
fn semicolons_tabs_and_quoted_line_ends_are_read_too() {
    let semicolons =
        "Email address;First name;Last name;Roles\na@uni.example;A;\"B; C\";Non-editing teacher\n";
    let expected = (
        2,
        "a@uni.example".to_owned(),
        "A B; C".to_owned(),
        Some(ClassRole::Tutor),
    );
    assert_eq!(people(semicolons), [expected]);
    let tabs = "email\trole\na@uni.example\tStudent, Teacher\n";
    let expected = (
        2,
        "a@uni.example".to_owned(),
        String::new(),
        Some(ClassRole::Instructor),
    );
    assert_eq!(people(tabs), [expected]);
    let after_a_cell_of_two_lines = read("Groups,Email\n\"a\nb\",x\nc,d@uni.example\n").unwrap();
    assert_eq!(after_a_cell_of_two_lines.refused.listed[0].line, 2);
    assert_eq!(after_a_cell_of_two_lines.lines[0].line, 4);
}

#[test]
fn each_hostile_line_is_refused_by_itself_and_says_why() {
    let long = "x".repeat(ROSTER_CELL_CHARS_MAX + 1);
    let wide = ",".repeat(ROSTER_CELLS_MAX + 1);
    for (line, why) in [
        (
            "=HYPERLINK(\"x\"),B,a@uni.example,",
            "a name begins like a formula",
        ),
        ("+1,B,a@uni.example,", "a name begins like a formula"),
        ("-1,B,a@uni.example,", "a name begins like a formula"),
        ("A,@SUM(1),a@uni.example,", "a name begins like a formula"),
        ("A,B,=a@uni,", "this is no e-mail address"),
        ("A,B,a@uni,", "this is no e-mail address"),
        ("A,B,,", "there is no e-mail address"),
        ("A", "there is no e-mail address"),
        ("A\u{7},B,a@uni.example,", "a cell holds control characters"),
        (
            "A\u{202e},B,a@uni.example,",
            "a cell holds control characters",
        ),
        ("A,B,a@uni.example,wizard", "the role is unknown"),
        (&format!("{long},B,a@uni.example,"), "a cell is longer than"),
        (&format!("A,B,{long}@uni.example,"), "a cell is longer than"),
        (&format!("A,B,a@uni.example,{wide}"), "the line has"),
    ] {
        let (number, said) = refusal(line);
        assert_eq!(number, 2);
        assert!(said.starts_with(why), "{line:?}: {said}");
    }
}

#[test]
fn of_two_lines_with_one_address_the_first_is_taken() {
    let roster =
        read("Email,First name\na@uni.example,A\nA@UNI.example,B\nA@uni.example,C\n").unwrap();
    assert_eq!(roster.lines.len(), 1);
    assert_eq!(roster.lines[0].name, "A");
    let whys: Vec<_> = roster
        .refused
        .listed
        .iter()
        .map(|refused| refused.why.as_str())
        .collect();
    assert_eq!(whys, ["the same address is on line 2"; 2]);
}

#[test]
fn what_is_no_roster_is_refused_whole() {
    for (csv, expected) in [
        ("", UnreadableRoster::Empty),
        ("\u{feff}\r\n", UnreadableRoster::Empty),
        (
            "a@uni.example\nb@uni.example\n",
            UnreadableRoster::NoColumns,
        ),
        ("First name,Last name\nA,B\n", UnreadableRoster::NoColumns),
        (
            &"a".repeat(ROSTER_BYTES_MAX + 1),
            UnreadableRoster::TooLarge,
        ),
    ] {
        assert_eq!(read(csv), Err(expected), "{:.20}", csv);
    }
}

/// What is taken of a roster, what is refused of it (from which line on, and why), and how many lines that are.
fn taken_and_refused(csv: &str) -> (Vec<String>, Vec<(u64, String)>, usize) {
    let Roster { lines, refused } = read(csv).unwrap();
    let taken = lines.iter().map(|line| line.email.as_str().to_owned());
    let listed = refused.listed.into_iter().map(|each| (each.line, each.why));
    (taken.collect(), listed.collect(), refused.count)
}

fn one_cell(first: u64, last: u64) -> (u64, String) {
    let why = format!("lines {first} to {last} are one cell: a quotation mark is not closed");
    (first, why)
}

#[test]
fn lines_that_a_quotation_mark_swallows_are_refused_by_their_numbers() {
    let email = |name: &str| format!("{name}@uni.example");
    let (a, d) = (email("a"), email("d"));
    for (csv, taken, refused, count) in [
        // Open to the end, in a column that nobody reads, with lines that would all have been taken.
        (
            "Email,Department\na@uni.example,x\nb@uni.example,\"oops\nc@uni.example,1\nd@uni.example,2\n",
            vec![a.clone()],
            vec![one_cell(3, 5)],
            3,
        ),
        // Two of them: what is between is one cell, and what is behind counts.
        (
            "Email,Department\na@uni.example,x\n\nb@uni.example,\"1\nc@uni.example,2\"\nd@uni.example,3\n",
            vec![a.clone(), d.clone()],
            vec![one_cell(4, 5)],
            2,
        ),
        // In a column that is read.
        (
            "Email,First name\r\na@uni.example,A\r\nb@uni.example,\"B\r\nc@uni.example,C\r\nd@uni.example,D",
            vec![a.clone()],
            vec![one_cell(3, 5)],
            3,
        ),
        (
            "First name,Email\n\"B,b@uni.example\nC\",c@uni.example\nD,d@uni.example\n",
            vec![d.clone()],
            vec![one_cell(2, 3)],
            2,
        ),
        // On the line that names the columns.
        (
            "Email,\"Department\na@uni.example,x\nb@uni.example,y\n",
            vec![],
            vec![one_cell(1, 3)],
            3,
        ),
        // Closed by the next one that is left open.
        (
            "Email,Department\na@uni.example,\"x\n\nd@uni.example,\"y",
            vec![],
            vec![one_cell(2, 4)],
            3,
        ),
        // Open, but with nothing behind.
        (
            "Email,Department\na@uni.example,x\nd@uni.example,\"y\n\n",
            vec![a, d],
            vec![],
            0,
        ),
    ] {
        assert_eq!(taken_and_refused(csv), (taken, refused, count), "{csv:?}");
    }
}

#[test]
fn a_roster_is_bounded_in_lines_and_says_of_each_that_is_not_taken_why() {
    let mut csv = String::from("Email,\"Of\ntwo\"\n");
    for number in 0..ROSTER_LINES_MAX + 4 {
        csv.push_str(&format!("{number}\n\n"));
    }
    let roster = read(&csv).unwrap();
    assert_eq!(roster.refused.count, 2 + ROSTER_LINES_MAX + 4);
    let listed = &roster.refused.listed;
    assert_eq!(listed.len(), 1 + ROSTER_LINES_MAX + 1);
    assert_eq!(listed.len(), ROSTER_REFUSALS_MAX, "no more can be");
    assert_eq!(listed[ROSTER_LINES_MAX].line, 10_001);
    let beyond = &listed[ROSTER_LINES_MAX + 1];
    assert_eq!(beyond.line, 10_003);
    assert_eq!(
        beyond.why,
        "a roster has 5000 lines at most: of lines 10003 to 10009 none of the 4 is read, divide it"
    );
}
