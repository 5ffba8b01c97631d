//! What may be said after `bench`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use lexopt::prelude::{Long, Short, Value, ValueExt};

use super::{Command, USAGE, no_options, unexpected};

/// Options of `bench`.
#[derive(Debug, PartialEq, Eq)]
pub struct Bench {
    pub rounds: u32,
    /// Words of the cases that are wanted; none means all.
    pub only: Vec<String>,
    /// Servers by name; none means all.
    pub targets: Vec<String>,
    /// Whether what is about growth goes on for twenty minutes.
    pub long: bool,
    /// Where the figures go as JSON.
    pub out: Option<PathBuf>,
    /// Such files, that the page is to be made from; if there are any, nothing is measured.
    pub report: Vec<PathBuf>,
}

/// What `bench core` and `bench host` measure.
#[derive(Debug, PartialEq, Eq)]
pub enum BenchPart {
    /// The room: what these words are in the name of, or all.
    Core(Option<String>),
    /// The host, and where its figures go as JSON.
    Host(Option<PathBuf>),
}

/// Reads what follows the word.
///
/// # Errors
/// If it is none of these options, or measures nothing.
pub fn parse(parser: &mut lexopt::Parser) -> Result<Command> {
    let mut options = Bench {
        rounds: 3,
        only: Vec::new(),
        targets: Vec::new(),
        long: false,
        out: None,
        report: Vec::new(),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("rounds") => options.rounds = parser.value()?.parse()?,
            Long("only") => options.only.push(parser.value()?.string()?),
            Long("target") => options.targets.push(parser.value()?.string()?),
            Long("long") => options.long = true,
            Long("out") => options.out = Some(PathBuf::from(parser.value()?)),
            Long("report") => options.report.extend(parser.values()?.map(PathBuf::from)),
            Value(part) => return parse_part(&part.string()?, parser),
            other @ (Short(_) | Long(_)) => return Err(unexpected(&other)),
        }
    }
    if options.rounds == 0 {
        bail!("--rounds 0 measures nothing; leave it out for 3, or say how many");
    }
    Ok(Command::Bench(options))
}

fn parse_part(part: &str, parser: &mut lexopt::Parser) -> Result<Command> {
    let part = match part {
        "core" => BenchPart::Core(match parser.next()? {
            Some(Value(words)) => Some(words.string()?),
            Some(other @ (Short(_) | Long(_))) => return Err(unexpected(&other)),
            None => None,
        }),
        "host" => BenchPart::Host(match parser.next()? {
            Some(Long("out")) => Some(PathBuf::from(parser.value()?)),
            Some(other) => return Err(unexpected(&other)),
            None => None,
        }),
        unknown => bail!("`bench` has no part `{unknown}`\n{USAGE}"),
    };
    no_options(parser, Command::BenchPart(part))
}

#[cfg(test)]
mod tests {
    use super::super::tests::parsed;
    use super::*;

    #[test]
    fn bench_measures_everything_three_times_unless_told_otherwise() {
        let Command::Bench(all) = parsed("bench").unwrap() else {
            panic!("another command");
        };
        assert_eq!((all.rounds, all.only.len(), all.targets.len()), (3, 0, 0));
        let Command::Bench(some) =
            parsed("bench --only fan-out --target relay --rounds 1").unwrap()
        else {
            panic!("another command");
        };
        assert_eq!(
            (some.rounds, &*some.only[0], &*some.targets[0]),
            (1, "fan-out", "relay")
        );
        assert!(parsed("bench --rounds 0").is_err());
        let Command::Bench(report) = parsed("bench --report a.json b.json").unwrap() else {
            panic!("another command");
        };
        assert_eq!(report.report, ["a.json", "b.json"].map(PathBuf::from));
        let Command::Bench(report) = parsed("bench --report a.json --report b.json").unwrap()
        else {
            panic!("another command");
        };
        assert_eq!(report.report, ["a.json", "b.json"].map(PathBuf::from));
        assert!(parsed("bench --report").is_err());
        let core =
            |words: Option<&str>| Command::BenchPart(BenchPart::Core(words.map(str::to_owned)));
        assert_eq!(parsed("bench core").unwrap(), core(None));
        assert_eq!(parsed("bench core waking").unwrap(), core(Some("waking")));
        let host = |out: Option<&str>| Command::BenchPart(BenchPart::Host(out.map(PathBuf::from)));
        assert_eq!(parsed("bench host").unwrap(), host(None));
        assert_eq!(
            parsed("bench host --out h.json").unwrap(),
            host(Some("h.json"))
        );
        assert!(parsed("bench host h.json").is_err());
        assert!(parsed("bench page").is_err());
    }
}
