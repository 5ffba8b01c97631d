//! What the command line may say.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use lexopt::prelude::{Long, Short, Value, ValueExt};

mod bench;

pub use bench::{Bench, BenchPart};

/// What `cargo xtask help` prints.
pub const USAGE: &str = "\
cargo xtask dev [--port 8787] [--data ./data]   run everything here: Postgres, host, Worker; Ctrl-C stops it
cargo xtask test [STAGE...]                     every test there is, or only some stages; `--list` names them
cargo xtask token --case ID --user NAME --role ROLE [--data ./data]
                                                print a client token for the `dev` that runs on that data (`?token=`)
cargo xtask build                               build the page and the Worker into web/dist and build
cargo xtask check                               formatting, lints, documentation, licences, types
cargo xtask sim --seeds N | --seed S [--twice]  the simulator
cargo xtask screenshots [--out ./screenshots]   pictures of the page in use
cargo xtask bench [--rounds 3] [--only CASE]... [--target NAME]... [--long] [--out FILE]
                                                speed beside other servers; a table, and JSON into FILE
cargo xtask bench --report FILE...              write what such files say into docs/performance.md, with charts
cargo xtask bench core [WORDS]                  the room by itself, natively and on wasm32
cargo xtask bench host [--out FILE]             the host beside its SQL; JSON into FILE, for the same page
";

/// One command with its options.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    Help,
    Bench(Bench),
    BenchPart(BenchPart),
    Build,
    Check,
    Dev(Dev),
    /// Started by this program itself: stops the services of a parent that died.
    Guard,
    Screenshots(Screenshots),
    Sim(Sim),
    Test(Test),
    Token(Token),
}

/// Options of `dev`.
#[derive(Debug, PartialEq, Eq)]
pub struct Dev {
    pub port: u16,
    pub data: PathBuf,
}

/// Options of `screenshots`.
#[derive(Debug, PartialEq, Eq)]
pub struct Screenshots {
    pub out: PathBuf,
}

/// Options of `sim`.
#[derive(Debug, PartialEq, Eq)]
pub struct Sim {
    pub seeds: Seeds,
    pub twice: bool,
}

/// Which worlds to run.
#[derive(Debug, PartialEq, Eq)]
pub enum Seeds {
    /// So many, from the first.
    Many(u64),
    /// This one.
    One(u64),
}

/// Options of `test`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Test {
    /// Stages by name; none means all.
    pub stages: Vec<String>,
    pub list: bool,
}

/// Options of `token`.
#[derive(Debug, PartialEq, Eq)]
pub struct Token {
    pub case: String,
    pub user: String,
    pub role: String,
    pub data: PathBuf,
}

/// Reads the process's arguments.
///
/// # Errors
/// If they name no command, or one that does not exist, or an option that the command does not have.
pub fn parse() -> Result<Command> {
    parse_from(std::env::args_os().skip(1))
}

fn parse_from(arguments: impl IntoIterator<Item = OsString>) -> Result<Command> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let command = match parser.next()? {
        None => bail!("a command is missing\n{USAGE}"),
        Some(Short('h') | Long("help")) => return Ok(Command::Help),
        Some(Value(name)) => name.string()?,
        Some(other) => return Err(unexpected(&other)),
    };
    match command.as_str() {
        "help" => Ok(Command::Help),
        "bench" => bench::parse(&mut parser),
        "build" => no_options(&mut parser, Command::Build),
        "check" => no_options(&mut parser, Command::Check),
        "guard" => no_options(&mut parser, Command::Guard),
        "dev" => parse_dev(&mut parser),
        "screenshots" => parse_screenshots(&mut parser),
        "sim" => parse_sim(&mut parser),
        "test" => parse_test(&mut parser),
        "token" => parse_token(&mut parser),
        unknown => bail!("there is no command `{unknown}`\n{USAGE}"),
    }
}

fn unexpected(argument: &lexopt::Arg<'_>) -> anyhow::Error {
    anyhow!("unexpected argument {argument:?}\n{USAGE}")
}

fn no_options(parser: &mut lexopt::Parser, command: Command) -> Result<Command> {
    match parser.next()? {
        None => Ok(command),
        Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(argument) => Err(unexpected(&argument)),
    }
}

fn parse_dev(parser: &mut lexopt::Parser) -> Result<Command> {
    let mut options = Dev {
        port: 8787,
        data: PathBuf::from("data"),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("port") => options.port = parser.value()?.parse()?,
            Long("data") => options.data = PathBuf::from(parser.value()?),
            other @ (Short(_) | Long(_) | Value(_)) => return Err(unexpected(&other)),
        }
    }
    if options.port == 0 {
        bail!("--port 0 names no port; leave it out for 8787, or choose one");
    }
    Ok(Command::Dev(options))
}

fn parse_screenshots(parser: &mut lexopt::Parser) -> Result<Command> {
    let mut options = Screenshots {
        out: PathBuf::from("screenshots"),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("out") => options.out = PathBuf::from(parser.value()?),
            other @ (Short(_) | Long(_) | Value(_)) => return Err(unexpected(&other)),
        }
    }
    Ok(Command::Screenshots(options))
}

fn parse_sim(parser: &mut lexopt::Parser) -> Result<Command> {
    let (mut seeds, mut twice) = (None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("seeds") if seeds.is_none() => seeds = Some(Seeds::Many(parser.value()?.parse()?)),
            Long("seed") if seeds.is_none() => seeds = Some(Seeds::One(parser.value()?.parse()?)),
            Long("twice") => twice = true,
            other @ (Short(_) | Long(_) | Value(_)) => return Err(unexpected(&other)),
        }
    }
    let Some(seeds) = seeds else {
        bail!("`sim` wants --seeds N or --seed S\n{USAGE}");
    };
    Ok(Command::Sim(Sim { seeds, twice }))
}

fn parse_test(parser: &mut lexopt::Parser) -> Result<Command> {
    let mut options = Test::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("list") => options.list = true,
            Value(stage) => options.stages.push(stage.string()?),
            other @ (Short(_) | Long(_)) => return Err(unexpected(&other)),
        }
    }
    Ok(Command::Test(options))
}

fn parse_token(parser: &mut lexopt::Parser) -> Result<Command> {
    let (mut case, mut user, mut role) = (None, None, None);
    let mut data = PathBuf::from("data");
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("case") => case = Some(parser.value()?.string()?),
            Long("user") => user = Some(parser.value()?.string()?),
            Long("role") => role = Some(parser.value()?.string()?),
            Long("data") => data = PathBuf::from(parser.value()?),
            other @ (Short(_) | Long(_) | Value(_)) => return Err(unexpected(&other)),
        }
    }
    let (Some(case), Some(user), Some(role)) = (case, user, role) else {
        bail!("`token` wants --case ID, --user NAME and --role ROLE\n{USAGE}");
    };
    Ok(Command::Token(Token {
        case,
        user,
        role,
        data,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn parsed(line: &str) -> Result<Command> {
        parse_from(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn dev_listens_on_8787_and_keeps_its_data_in_data_unless_told_otherwise() {
        assert_eq!(
            parsed("dev").unwrap(),
            Command::Dev(Dev {
                port: 8787,
                data: PathBuf::from("data")
            })
        );
        assert_eq!(
            parsed("dev --port 9000 --data=/srv/x").unwrap(),
            Command::Dev(Dev {
                port: 9000,
                data: PathBuf::from("/srv/x")
            })
        );
    }

    #[test]
    fn screenshots_go_into_a_folder_of_that_name_unless_told_otherwise() {
        let into = |out: &str| Command::Screenshots(Screenshots { out: out.into() });
        assert_eq!(parsed("screenshots").unwrap(), into("screenshots"));
        assert_eq!(parsed("screenshots --out /tmp/x").unwrap(), into("/tmp/x"));
        assert!(parsed("screenshots /tmp/x").is_err());
    }

    #[test]
    fn sim_wants_exactly_one_choice_of_seeds() {
        assert_eq!(
            parsed("sim --seed 7 --twice").unwrap(),
            Command::Sim(Sim {
                seeds: Seeds::One(7),
                twice: true
            })
        );
        assert!(parsed("sim").is_err());
        assert!(parsed("sim --seed 7 --seeds 9").is_err());
    }

    #[test]
    fn an_unknown_word_is_an_error_that_shows_the_usage() {
        for line in [
            "",
            "devv",
            "dev --prot 1",
            "build now",
            "dev --port 0",
            "dev --port 70000",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
        assert!(
            parsed("devv")
                .unwrap_err()
                .to_string()
                .contains("cargo xtask dev")
        );
    }

    #[test]
    fn token_wants_to_know_for_which_case_for_whom_and_how_much() {
        assert_eq!(
            parsed("token --case a-1 --user zoe --role read --data /srv/x").unwrap(),
            Command::Token(Token {
                case: "a-1".into(),
                user: "zoe".into(),
                role: "read".into(),
                data: PathBuf::from("/srv/x")
            })
        );
        assert!(parsed("token --case a-1 --user zoe").is_err());
        assert!(parsed("token a-1").is_err());
    }

    #[test]
    fn test_takes_stage_names() {
        assert_eq!(
            parsed("test room host").unwrap(),
            Command::Test(Test {
                stages: vec!["room".into(), "host".into()],
                list: false
            })
        );
    }
}
