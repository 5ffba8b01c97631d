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
    /// The processes whose time and memory count.
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
    /// The first `writers` of each room write at a steady rate; the first `present` tell where they are.
    Steady {
        /// How many write.
        writers: usize,
        /// How often each of them writes.
        edits_per_second: f64,
        /// How many say where they are, once a second each.
        present: usize,
        /// For how long.
        seconds: f64,
    },
    /// The first of each room writes this many updates as fast as the socket takes them.
    Burst {
        /// How many.
        updates: u32,
    },
    /// The first of each room sends a large document, made the same every time, as many updates.
    Push {
        /// How many characters are typed into it.
        edits: u32,
        /// How many highlights are made in it.
        highlights: u32,
    },
    /// All of them join, and nothing else: what is measured is how long that takes.
    Join {
        /// The least number of bytes that each is sent before it counts as joined: what is in the room already.
        bytes_min: usize,
    },
}
