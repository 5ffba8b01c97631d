//! What people bring, and the text that it becomes.

use std::time::{Duration, Instant};

use contract::{Digest, limits::CASE_BODY_BYTES_MAX};
use host::{
    limits::{BLOCKS_MAX, MARKS_MAX, TEXT_UNITS_MAX},
    texts::{Format, Kind, Text, TextError, convert},
};
use serde_json::Value;

#[test]
fn a_judgment_in_plain_text_keeps_its_numbers_and_headings() {
    let text = read(
        Format::Text,
        "Smith v Jones\r\n\r\nThe facts\r\n\r\n[1] It rained.\r\n[2] See [1], [2024] AC 1 and [9].\r\n\r\n(a) first;\r\n\r\n> Nobody slept.\r\n\r\n[3] Appeal dismissed.",
    );
    assert_eq!(
        shown(&text),
        [
            "heading: Smith v Jones",
            "heading: The facts",
            "paragraph 1: It rained.",
            "paragraph 2: See [1], [2024] AC 1 and [9].",
            "item (a): first;",
            "quotation: Nobody slept.",
            "paragraph 3: Appeal dismissed.",
        ]
    );
    assert_eq!(marks(&text), ["reference [1] to p1"]);
    assert_eq!((text.kind, text.paragraphs), (Kind::Text, 3));
}

#[test]
fn markdown_becomes_blocks_with_marks_notes_and_lists() {
    let text = read(
        Format::Markdown,
        "# The title\n\n## Facts\n\n*It* **rained**, `so` [it is said](http://x.example).[^n]\n\n- a\n  - b\n\n3. c\n\n> quoted\n> on\n\n```rust\nlet a = 1;\n\n\tb\n```\n\n| h | i |\n|---|---|\n| j | k |\n\n[^n]: Who *says*?\n\n    More.\n",
    );
    assert_eq!(
        shown(&text),
        [
            "heading: Facts",
            "paragraph 1: It rained, so it is said.1",
            "item •: a",
            "item ◦: b",
            "item 3.: c",
            "quotation: quoted on",
            "code: let a = 1;\n\n    b",
            "item: h | i",
            "item: j | k",
            "note 1: Who says?",
            "note: More.",
        ]
    );
    assert_eq!(
        marks(&text),
        [
            "emphasis It",
            "strong rained",
            "code so",
            "noteref 1 to n1",
            "emphasis says"
        ]
    );
}

#[test]
fn an_old_page_of_html_becomes_its_paragraphs() {
    let text = read(
        Format::Html,
        "<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body><form><nav>Menu</nav>\
        <h1>Court</h1><FONT size=2>One&nbsp;day<br><br>it <B>rained.\n</B><br>Twice &#8212; &lt;so&gt;.</FONT>\
        <P>First<P>Second<ol type=a><li>x<li><p>y<p>z</ol><dl><dt>Term<dd>Meaning</dl>\
        <table><tr><td>alone</td></tr><tr><th>k<th>v</tr></table><q>said</q><img src=//evil alt=seal></form></body></html>",
    );
    assert_eq!(
        shown(&text),
        [
            "part: Court",
            "paragraph 1: One\u{a0}day",
            "paragraph 2: it rained.\nTwice — <so>.",
            "paragraph 3: First",
            "paragraph 4: Second",
            "item a.: x",
            "item b.: y",
            "item: z",
            "paragraph 5: Term",
            "item: Meaning",
            "paragraph 6: alone",
            "item: k | v",
            "paragraph 7: “said” [seal]",
        ]
    );
    assert_eq!(marks(&text), ["strong rained."]);
}

#[test]
fn paragraphs_of_html_that_number_themselves_keep_their_numbers() {
    let text = read(
        Format::Html,
        "<p>[12] <i>One</i></p><p>[13] two, as [12] says</p>",
    );
    assert_eq!(
        shown(&text),
        ["paragraph 12: One", "paragraph 13: two, as [12] says"]
    );
    assert_eq!(marks(&text), ["emphasis One", "reference [12] to p12"]);
    let text = read(Format::Html, "<ol start=7><li>One<li>Two</ol>");
    assert_eq!(shown(&text), ["paragraph 7: One", "paragraph 8: Two"]);
}

#[test]
fn a_number_that_is_half_emphasised_is_no_reference() {
    let html = "<p>[1] <b>a <b>b</b> [2]</b><p>[2] <b>see [1</b>] and <i>[1]</i>";
    assert_eq!(
        marks(&read(Format::Html, html)),
        [
            "strong a b [2]",
            "reference [2] to p2",
            "strong see [1",
            "emphasis [1]",
            "reference [1] to p1"
        ]
    );
}

#[test]
fn conversations_of_every_common_kind_have_their_turns_labelled() {
    let html = |turns: &str| format!("<html><body>{turns}</body></html>");
    let chats = [
        "You said:\nhi\nthere\n\nChatGPT said:\n**ho**\n\n1. x".to_owned(),
        "## User\n\nhi\nthere\n\n---\n\n## ChatGPT\n\n**ho**\n\n1. x".to_owned(),
        "**User:** hi\nthere\n\n**ChatGPT:** **ho**\n\n1. x".to_owned(),
        "User: hi\nthere\nChatGPT: **ho**\n\n1. x".to_owned(),
        html(
            "<div data-message-author-role=\"user\">hi<br>there</div><div data-message-author-role=assistant><p><strong>ho</strong></p><button>Copy</button><ol><li>x</ol></div>",
        ),
        html(
            "<div data-testid='user-message'><p>hi<br>there</p></div><div class='a font-claude-response b'><p><strong>ho</strong></p><ol><li>x</li></ol></div>",
        ),
        html(
            "<user-query><p>hi<br>there</p></user-query><model-response><p><b>ho</b></p><ol><li>x</li></ol></model-response>",
        ),
        html(
            "<article><h5 class=sr-only>You said:</h5><p>hi<br>there</p></article><article><h6>ChatGPT said:</h6><p><b>ho</b></p><ol><li>x</ol></article>",
        ),
        html("<p><b>User:</b> hi<br>there</p><p>Assistant: <b>ho</b></p><ol><li>x</ol>"),
    ];
    for chat in chats {
        let text = read(Format::Conversation, &chat);
        let mut blocks = shown(&text);
        let answers = blocks.remove(2);
        assert!(
            ["ChatGPT", "Assistant", "Claude", "Gemini"]
                .map(|name| format!("speaker: {name}"))
                .contains(&answers),
            "{chat}: {answers}"
        );
        assert_eq!(
            blocks,
            [
                "speaker: User",
                "paragraph 1: hi\nthere",
                "paragraph 2: ho",
                "item 1.: x"
            ],
            "{chat}"
        );
        assert_eq!(marks(&text), ["strong ho"], "{chat}");
        assert_eq!(text.kind, Kind::Conversation);
    }
}

#[test]
fn in_a_conversation_html_is_talked_about_and_code_speaks_for_nobody() {
    let text = read(
        Format::Conversation,
        "Intro\n\nUser: what is <b> and <script>?\n```\nAssistant: no\n```\nUser: again\nAssistant: \"<b>\" is bold\n\nAssistant: and old",
    );
    assert_eq!(
        shown(&text),
        [
            "paragraph 1: Intro",
            "speaker: User",
            "paragraph 2: what is <b> and <script>?",
            "code: Assistant: no",
            "paragraph 3: again",
            "speaker: Assistant",
            "paragraph 4: \"<b>\" is bold",
            "paragraph 5: and old",
        ]
    );
}

#[test]
fn what_cannot_become_a_text_is_refused_in_words() {
    for (format, content, error) in [
        (Format::Text, " \n\u{0}", TextError::Empty),
        (
            Format::Html,
            "<script>x</script><p>&nbsp;</p>",
            TextError::Empty,
        ),
        (Format::Markdown, "\n", TextError::Empty),
        (Format::Conversation, "just words", TextError::NoTurns),
        (
            Format::Conversation,
            "<p>just words</p>",
            TextError::NoTurns,
        ),
        (
            Format::Conversation,
            "User:\nAssistant:\n",
            TextError::Empty,
        ),
    ] {
        assert_eq!(convert(format, "T", content), Err(error), "{content}");
        assert!(!error.is_too_large());
    }
    assert_eq!(convert(Format::Text, " ", "x"), Err(TextError::NoTitle));
    assert_eq!(
        convert(Format::Text, &"x".repeat(201), "x"),
        Err(TextError::LongTitle(201))
    );
}

#[test]
fn what_is_too_large_is_refused_and_what_just_fits_is_not() {
    let too_large = |format, content: &str| convert(format, "T", content).unwrap_err();
    assert_eq!(
        too_large(Format::Text, &"x".repeat(TEXT_UNITS_MAX + 1)),
        TextError::LongText
    );
    assert!(convert(Format::Text, "T", &"x".repeat(TEXT_UNITS_MAX - 2)).is_ok());
    assert_eq!(
        too_large(Format::Text, &"x\n\n".repeat(BLOCKS_MAX + 1)),
        TextError::ManyBlocks
    );
    assert!(convert(Format::Text, "T", &"x\n\n".repeat(BLOCKS_MAX)).is_ok());
    assert_eq!(
        too_large(Format::Html, &"<b>x</b>".repeat(MARKS_MAX + 1)),
        TextError::ManyMarks
    );
    let referring = format!("[1] x\n[2] {}", "[1]".repeat(MARKS_MAX + 1));
    assert_eq!(too_large(Format::Text, &referring), TextError::ManyMarks);
    let marked = "<b>x</b>".repeat(MARKS_MAX);
    assert_eq!(
        too_large(Format::Html, &format!("{marked}{}", "<p>x".repeat(40_000))),
        TextError::LargeText
    );
    assert!(TextError::LargeText.is_too_large());
}

/// Each of these takes an HTML or Markdown parser without bounds minutes or more.
#[test]
fn no_large_input_takes_long() {
    let length = CASE_BODY_BYTES_MAX / 4;
    let fill = |piece: &str| piece.repeat(length / piece.len());
    let mut attributes = String::from("<p");
    while attributes.len() < length {
        attributes.push_str(&format!(" a{:x}", attributes.len()));
    }
    let hostile = [
        (Format::Html, fill("<div>")),
        (Format::Html, fill("<b>")),
        (Format::Html, fill("<p><b>x")),
        (Format::Html, fill("<b><p></b>")),
        (Format::Html, fill("<table><td>")),
        (Format::Html, fill("<ul><li>")),
        (Format::Html, fill("<a><p>")),
        (Format::Html, fill("<svg>")),
        (Format::Html, fill("<select><button>")),
        (Format::Html, fill("<svg></math>")),
        (Format::Html, fill("<!---->")),
        (Format::Html, fill("<!--")),
        (Format::Html, fill("<script>")),
        (Format::Html, fill("</b></p>")),
        (Format::Html, fill("<")),
        (Format::Html, fill("&")),
        (Format::Html, fill("&a")),
        (Format::Html, fill("&notit;")),
        (Format::Html, fill("\u{ac}")),
        (Format::Html, fill("\u{a0}")),
        (Format::Html, fill("&nbsp;x")),
        (Format::Html, fill("\u{e9}\u{2014}")),
        (Format::Html, fill("&zzzzzzzzzzzzzzzzzzzzzzzzzz;")),
        (Format::Html, attributes),
        (Format::Markdown, fill(">")),
        (Format::Markdown, fill("> ")),
        (Format::Markdown, fill("- ")),
        (Format::Markdown, fill("* a\n ")),
        (Format::Markdown, fill("**a")),
        (Format::Markdown, fill("[")),
        (Format::Markdown, fill("[a](")),
        (Format::Markdown, fill("![[]()")),
        (Format::Markdown, fill("`` ` ")),
        (Format::Markdown, fill("[^a]")),
        (Format::Markdown, fill("[^a]: ")),
        (Format::Markdown, fill("<!-")),
        (Format::Markdown, fill("<a b=\"")),
        (Format::Markdown, fill("_a__b*")),
        (
            Format::Markdown,
            format!(
                "|{}\n|{}\n{}",
                "a|".repeat(500_000),
                "-|".repeat(500_000),
                "|b\n".repeat(700_000)
            ),
        ),
        (Format::Text, fill("[1] ")),
        (Format::Text, fill("[1] x\n")),
        (Format::Conversation, fill("User:\n")),
        (Format::Conversation, fill("User: a\nAI: b\n")),
        (Format::Conversation, fill("<p>User: a")),
        (Format::Conversation, fill("#")),
        (Format::Conversation, fill("**User** ")),
    ];
    for (format, content) in hostile {
        let begin = Instant::now();
        if let Ok(text) = convert(format, "T", &content) {
            check(&text);
        }
        let took = begin.elapsed();
        let start = &content[..20];
        eprintln!("{format:?} {start:?} {took:?}");
        assert!(
            took < Duration::from_secs(30),
            "{format:?} {start:?} took {took:?}"
        );
    }
}

/// Pieces of everything that the readers treat in some way, in any order.
const PIECES: [&str; 96] = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<br>",
    "<hr/>",
    "<ul>",
    "</ul>",
    "<ol start=3 type=i>",
    "</ol>",
    "<li>",
    "<li value=9>",
    "</li>",
    "<blockquote>",
    "</blockquote>",
    "<pre>",
    "</pre>",
    "<code>",
    "</code>",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "<th>",
    "</tr>",
    "<h1>",
    "</h1>",
    "<h3>",
    "</h3>",
    "<a href='javascript:x'>",
    "</a>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<svg>",
    "</svg>",
    "<math><mi>",
    "</math>",
    "<select>",
    "<img alt='x' src=y>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<template>",
    "</template>",
    "<textarea>",
    "<div data-message-author-role=user>",
    "<div class=footnote-definition>",
    "<sup class=footnote-definition-label>",
    "<sup class=footnote-reference>",
    "</sup>",
    "<x-y",
    "&amp;",
    "&#0;",
    "&#x202e;",
    "&#xd800;",
    "&lt;",
    "&nbsp;",
    "&",
    "<",
    ">",
    "\"",
    "'",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    " ",
    "\u{0}",
    "\u{7}",
    "\u{9b}",
    "\u{202e}",
    "\u{2066}",
    "\u{feff}",
    "\u{2028}",
    "\u{1f30a}",
    "e\u{301}",
    "\u{5d0}",
    "[1] ",
    "[2] ",
    "3. ",
    "(a) ",
    "[^1]",
    "\n[^1]: ",
    "\n```\n",
    "\nUser: ",
    "\n**Assistant:** ",
    "*",
    "# ",
    "> ",
];

#[test]
fn whatever_is_brought_becomes_a_sound_text_or_is_refused() {
    let mut random = Random(0x676c_6f73);
    for round in 0..4_000 {
        let length = random.below(60);
        let pieces = (0..length).map(|_| match random.below(4) {
            0 => "word",
            _ => PIECES[random.below(PIECES.len())],
        });
        let content: String = pieces.collect();
        for format in Format::ALL {
            if let Ok(text) = convert(format, "T", &content) {
                check_named(&text, &format!("round {round}, {format:?}: {content:?}"));
                assert_eq!(
                    convert(format, "T", &content).unwrap(),
                    text,
                    "it is always the same text"
                );
            }
        }
    }
}

fn read(format: Format, content: &str) -> Text {
    let text = convert(format, "The title", content).expect("a text");
    check(&text);
    text
}

/// Checks everything that a text promises.
fn check(text: &Text) {
    check_named(text, "");
}

fn check_named(text: &Text, what: &str) {
    let json = json(text);
    let whole = units(&json);
    let string = json["text"].as_str().expect("a string");
    let is_forbidden = |c: char| {
        (c.is_control() && c != '\n')
            || "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{feff}"
                .contains(c)
    };
    assert!(!string.contains(is_forbidden), "{what}");
    assert_eq!(text.sha256, Digest::of(&text.bytes));

    let (mut end, mut ids) = (None, Vec::new());
    let blocks = json["blocks"].as_array().expect("a list");
    for block in blocks {
        let (start, block_end) = range(block);
        assert_eq!(start, end.map_or(0, |end| end + 2), "{what}");
        assert!(start < block_end && block_end <= whole.len(), "{what}");
        let content = slice(&whole, (start, block_end));
        assert_eq!(content.trim_end(), content, "{what}");
        assert!(
            block["kind"] == "code" || content.trim_start() == content,
            "{what}"
        );
        assert!(
            end.is_none_or(|end| slice(&whole, (end, start)) == "\n\n"),
            "{what}"
        );
        if let Some(number) = block["number"].as_str() {
            let letter = if block["kind"] == "note" { 'n' } else { 'p' };
            ids.push(format!("{letter}{number}"));
        }
        end = Some(block_end);
    }
    assert_eq!(end, Some(whole.len()), "{what}");
    let paragraphs = blocks
        .iter()
        .filter(|block| block["kind"] == "paragraph")
        .count();
    assert_eq!(paragraphs, text.paragraphs, "{what}");
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "{what}");

    let (mut last, mut home, mut open) = (0, 0, Vec::new());
    for mark in json["marks"].as_array().expect("a list") {
        let (start, end) = range(mark);
        while range(&blocks[home]).1 < start {
            home += 1;
        }
        let block = range(&blocks[home]);
        assert!(
            block.0 <= start && start < end && end <= block.1 && last <= start,
            "{what}"
        );
        assert!(!slice(&whole, (start, end)).is_empty());
        open.retain(|open_end| *open_end > start);
        assert!(
            open.last().is_none_or(|outer| end <= *outer),
            "{what}: marks cross"
        );
        open.push(end);
        assert!(
            open.len() <= 5,
            "{what}: no more marks than there are kinds"
        );
        let leads = mark["kind"] == "reference" || mark["kind"] == "noteref";
        let to = mark["to"].as_str();
        assert_eq!(leads, to.is_some(), "{what}");
        assert!(to.is_none_or(|to| ids.iter().any(|id| id == to)), "{what}");
        last = start;
    }
}

fn shown(text: &Text) -> Vec<String> {
    let json = json(text);
    let whole = units(&json);
    let blocks = json["blocks"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|block| {
            let label = block["number"].as_str().or(block["marker"].as_str());
            let label = label.map(|label| format!(" {label}")).unwrap_or_default();
            format!(
                "{}{label}: {}",
                block["kind"].as_str().expect("a string"),
                slice(&whole, range(block))
            )
        });
    blocks.collect()
}

fn marks(text: &Text) -> Vec<String> {
    let json = json(text);
    let whole = units(&json);
    let marks = json["marks"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|mark| {
            let to = mark["to"]
                .as_str()
                .map(|to| format!(" to {to}"))
                .unwrap_or_default();
            format!(
                "{} {}{to}",
                mark["kind"].as_str().expect("a string"),
                slice(&whole, range(mark))
            )
        });
    marks.collect()
}

fn json(text: &Text) -> Value {
    serde_json::from_slice(&text.bytes).expect("JSON")
}

fn units(json: &Value) -> Vec<u16> {
    json["text"]
        .as_str()
        .expect("a string")
        .encode_utf16()
        .collect()
}

fn range(stretch: &Value) -> (usize, usize) {
    let number = |name: &str| {
        usize::try_from(stretch[name].as_u64().expect("a number")).expect("a small one")
    };
    (number("start"), number("end"))
}

/// Fails where an offset splits a surrogate pair.
fn slice(whole: &[u16], (start, end): (usize, usize)) -> String {
    String::from_utf16(&whole[start..end]).expect("offsets stand between characters")
}

/// The same sequence at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let end = u64::try_from(end).expect("a small number");
        usize::try_from((mixed ^ (mixed >> 31)) % end).expect("a small number")
    }
}
