//! Lines that say whose turn begins.
//!
//! One copied page says `You said:`, another `## User` or `**Claude:**`. A conversation may quote any of them, so one way of
//! saying it is chosen for the whole, the least ambiguous that shows both sides.

/// A turn that begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn<'a> {
    /// The index of its line.
    pub(super) place: usize,
    pub(super) speaker: &'static str,
    /// What it says on that line already.
    pub(super) rest: &'a str,
    manner: Manner,
}

/// How a line says it, the least ambiguous first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Manner {
    /// `You said:`
    Said,
    /// `## User`
    Heading,
    /// `**User:**`
    Bold,
    /// `User: …`
    Colon,
    /// `User`
    Alone,
}

const MANNERS: [Manner; 5] = [
    Manner::Said,
    Manner::Heading,
    Manner::Bold,
    Manner::Colon,
    Manner::Alone,
];
const USER: &str = "User";
/// A name that is longer is none of ours.
const NAME_BYTES_MAX: usize = 40;

/// The turns among the lines, told by the best manner; absent if there are none.
pub(super) fn chosen<'a>(lines: &[&'a str]) -> Option<Vec<Turn<'a>>> {
    let turns: Vec<Turn<'a>> = lines
        .iter()
        .enumerate()
        .filter_map(|(place, line)| turn(place, line))
        .collect();
    let of = |manner: Manner| turns.iter().filter(move |turn| turn.manner == manner);
    let has_both = |manner: &Manner| {
        of(*manner).any(|turn| turn.speaker == USER) && of(*manner).any(|turn| turn.speaker != USER)
    };
    let first = lines.iter().position(|line| !line.trim().is_empty());
    let begins = |manner: &Manner| {
        *manner != Manner::Alone
            && of(*manner)
                .next()
                .is_some_and(|turn| Some(turn.place) == first)
    };
    let manner = MANNERS
        .into_iter()
        .find(has_both)
        .or_else(|| MANNERS.into_iter().find(begins))?;
    Some(of(manner).copied().collect())
}

fn turn(place: usize, line: &str) -> Option<Turn<'_>> {
    let text = line.trim();
    let unhashed = text.trim_start_matches('#');
    let hashes = text.len() - unhashed.len();
    let is_heading = (1..=6).contains(&hashes) && unhashed.starts_with(' ');
    let text = if is_heading {
        unhashed.trim_start()
    } else {
        text
    };
    let bold = ["**", "__"].into_iter().find(|bold| text.starts_with(bold));
    let text = text.strip_prefix(bold.unwrap_or_default())?;

    let is_end = |c: char| matches!(c, ':' | '：' | '*' | '_');
    let (name, after) = text.split_at(text.find(is_end).unwrap_or(text.len()));
    let (speaker, is_said, is_weak) = speaker(name)?;
    let (has_colon, rest) = punctuation(after, bold)?;
    let is_whole = rest.is_empty();
    let manner = match (has_colon, is_whole) {
        (true, true) if is_said => Manner::Said,
        _ if is_said => return None,
        (true, _) | (_, true) if is_heading => Manner::Heading,
        (true, _) | (_, true) if bold.is_some() => Manner::Bold,
        (true, true) => Manner::Colon,
        (true, false) if !is_weak => Manner::Colon,
        (false, true) if !is_weak => Manner::Alone,
        _ => return None,
    };
    Some(Turn {
        place,
        speaker,
        rest,
        manner,
    })
}

/// Reads a colon and the end of bold letters, in either order. Absent if the bold letters do not end.
fn punctuation<'a>(text: &'a str, bold: Option<&str>) -> Option<(bool, &'a str)> {
    let (mut rest, mut has_colon, mut bold) = (text, false, bold);
    loop {
        if let Some(after) = rest.strip_prefix([':', '：']).filter(|_| !has_colon) {
            (rest, has_colon) = (after, true);
        } else if let Some(after) = bold.and_then(|bold| rest.strip_prefix(bold)) {
            (rest, bold) = (after, None);
        } else {
            break;
        }
    }
    bold.is_none().then_some((has_colon, rest.trim()))
}

/// Who is meant; whether the line says that they spoke; and whether the word often begins other lines too.
fn speaker(name: &str) -> Option<(&'static str, bool, bool)> {
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    let name = name.trim().to_lowercase();
    let said = [
        " said",
        " says",
        " asked",
        " wrote",
        " replied",
        " responded",
    ];
    let bare = said.into_iter().find_map(|said| name.strip_suffix(said));
    let speaker = match bare.unwrap_or(&name) {
        "user" | "human" | "you" => (USER, false),
        "me" | "prompt" | "question" | "q" => (USER, true),
        "assistant" => ("Assistant", false),
        "ai" | "bot" | "model" | "response" | "answer" | "a" => ("Assistant", true),
        "chatgpt" => ("ChatGPT", false),
        "claude" => ("Claude", false),
        "gemini" => ("Gemini", false),
        "bard" => ("Bard", false),
        "copilot" | "microsoft copilot" | "github copilot" => ("Copilot", false),
        "deepseek" => ("DeepSeek", false),
        "grok" => ("Grok", false),
        "le chat" | "mistral" => ("Mistral", false),
        "llama" | "meta ai" => ("Meta AI", false),
        "perplexity" => ("Perplexity", false),
        "system" => ("System", true),
        other if other.starts_with("gpt-") || other.starts_with("chatgpt ") => ("ChatGPT", false),
        other if other.starts_with("claude ") => ("Claude", true),
        other if other.starts_with("gemini ") => ("Gemini", true),
        _ => return None,
    };
    Some((speaker.0, bare.is_some(), speaker.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(usize, &'static str, String)> {
        let lines: Vec<&str> = text.split('\n').collect();
        let turns = chosen(&lines).unwrap_or_default();
        turns
            .iter()
            .map(|turn| (turn.place, turn.speaker, turn.rest.to_owned()))
            .collect()
    }

    fn speakers(text: &str) -> Vec<&'static str> {
        told(text)
            .into_iter()
            .map(|(_, speaker, _)| speaker)
            .collect()
    }

    #[test]
    fn every_common_way_to_name_the_speaker_is_read() {
        for (text, names) in [
            ("You said:\nhi\nChatGPT said:\nho", ["User", "ChatGPT"]),
            ("## User\nhi\n## Assistant\nho", ["User", "Assistant"]),
            ("# Prompt:\nhi\n# Response:\nho", ["User", "Assistant"]),
            ("**You:** hi\n\n**Claude:** ho", ["User", "Claude"]),
            ("__You__: hi\n__Gemini__: ho", ["User", "Gemini"]),
            (
                "#### **Human**\nhi\n#### **ChatGPT 4o**\nho",
                ["User", "ChatGPT"],
            ),
            ("User: hi\nAssistant: ho", ["User", "Assistant"]),
            ("human：hi\ncopilot： ho", ["User", "Copilot"]),
            ("Q:\nhi\nA:\nho", ["User", "Assistant"]),
            ("User\nhi\nGPT-4o\nho", ["User", "ChatGPT"]),
        ] {
            assert_eq!(speakers(text), names, "{text}");
        }
    }

    #[test]
    fn what_follows_on_the_line_belongs_to_the_turn() {
        assert_eq!(
            told("User: hi: you\nAssistant:\nho"),
            [
                (0, "User", "hi: you".to_owned()),
                (1, "Assistant", String::new()),
            ]
        );
    }

    #[test]
    fn a_turn_that_quotes_other_ways_stays_whole() {
        assert_eq!(
            speakers("You said:\nwrite:\nUser: a\nAssistant: b\nChatGPT said:\n## User\nc"),
            ["User", "ChatGPT"]
        );
    }

    #[test]
    fn sentences_that_begin_alike_are_no_turns() {
        for text in [
            "Answer: no\nQuestion: why",
            "User guides are long: read one",
            "**User",
            "Claude said: nothing\nYou said: nothing",
            "The user:\nassistants:",
            "",
        ] {
            assert_eq!(speakers(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn one_turn_is_enough_if_it_comes_first() {
        assert_eq!(speakers("\nUser: hi"), ["User"]);
        assert_eq!(speakers("hello\nUser: hi"), [""; 0]);
        assert_eq!(speakers("User\nhi"), [""; 0]);
    }
}
