//! What is to be measured, as `bench/run.ts` says it on standard input: one JSON object.

use serde::Deserialize;

/// One measurement.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// How the server is spoken to.
    pub dialect: Dialect,
    /// The value of the `Host` header, where it is not the address that is connected to.
    pub host: Option<String>,
    /// The processes whose time counts. The first is the server, whose memory counts.
    pub pids: Vec<u32>,
    /// For each room, its peers.
    pub rooms: Vec<Vec<Peer>>,
    /// How many connect at the same time.
    pub connect_at_once: usize,
    /// What they do.
    pub load: Load,
}

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// The y-websocket protocol.
    YWebsocket,
    /// The same messages, forwarded by a server that reads none of them and answers nothing.
    Relay,
    /// Hocuspocus: each message begins with the document's name, and the first one authenticates.
    Hocuspocus,
    /// What our own client speaks: y-websocket's messages, numbered and acknowledged, and no echo of presence.
    Glossator,
}

/// One peer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Where it connects to, `ws://…`, with its token if there is one.
    pub url: String,
    /// The document's name, where messages name it.
    #[serde(default)]
    pub document: String,
    /// What the server knows it as; signs what it writes.
    pub user: String,
}

/// What the peers do.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Load {
    /// Some of each room write, and some tell where they are, at a steady rate.
    Steady(Steady),
    /// The first of each room writes this many updates as fast as the socket takes them.
    Burst {
        /// How many.
        updates: u32,
    },
    /// The first of each room sends the large document, made the same every time, as many updates.
    Push(Large),
    /// All of them join, and nothing else: what is measured is how long that takes.
    Join {
        /// What is in the room already, and each has to have before it counts as joined; nothing, if absent.
        holds: Option<Large>,
        /// They come within so long, each at a time of their own; all at once, if 0.
        within_s: f64,
    },
    /// The first of each room writes once, and all are quiet until the server has put every room to sleep; so many times.
    Wake {
        /// How many.
        cycles: u32,
    },
}

/// A steady load.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steady {
    /// How many of each room write: the first.
    pub writers: usize,
    /// How often each of them writes.
    pub edits_per_second: f64,
    /// What they write.
    pub edit: Edit,
    /// How many of each room say where they are: the first.
    pub present: usize,
    /// How often each of them does.
    pub states_per_second: f64,
    /// For how long.
    pub seconds: f64,
}

/// What a writer writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    /// Some characters at the end of the notes.
    Notes,
    /// A highlight.
    Highlight,
    /// A character and its deletion: afterwards the document says what it said before.
    Nothing,
}

/// The large document.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Large {
    /// How many characters are typed into it.
    pub edits: u32,
    /// How many highlights are made in it.
    pub highlights: u32,
}
