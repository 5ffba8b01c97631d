//! The whole host, and a sender that speaks to it as the edge does: signed requests over one connection that stays open.

use std::{
    net::SocketAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, ensure};
use contract::{
    Asked, Base, CaseId, Direction, Keys, Nonce, PutQuery, RequestParts, StoredState, sign_request,
    verify_answer,
};
use host::{config::ServeConfig, serve};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream},
    net::TcpStream,
    sync::oneshot,
};

use crate::{
    database,
    load::{Sends, Snapshot},
};

const KEYS: &str = "bench:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Starts a host, which serves until the process ends.
pub async fn open(url: &str) -> anyhow::Result<SocketAddr> {
    let config = ServeConfig {
        database: database::config(url)?,
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        keys: keys()?,
        signer: None,
        has_development_sign_in: false,
        mail: None,
        edge_url: "http://127.0.0.1:9".to_owned(),
    };
    let (listening, listens) = oneshot::channel();
    let told = |address| {
        // Nobody waits for it any more only if the measurement has ended.
        let _ = listening.send(address);
    };
    tokio::spawn(serve::serve(config, told, std::future::pending()));
    listens.await.context("the host does not start")
}

pub struct Sender {
    stream: BufStream<TcpStream>,
    keys: Keys,
    case_id: CaseId,
    base: Option<Base>,
}

impl Sender {
    pub async fn new(address: SocketAddr, case_id: &str) -> anyhow::Result<Sender> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Sender {
            stream: BufStream::new(stream),
            keys: keys()?,
            case_id: CaseId::parse(case_id)?,
            base: None,
        })
    }

    async fn write(&mut self, snapshot: &Snapshot, nonce: Nonce) -> anyhow::Result<()> {
        let query = PutQuery {
            base: self.base.clone(),
            highlight_count: 0,
            last_editor: Some("ann".into()),
            attribution_bytes: 0,
        };
        let (path, query) = (format!("/snapshots/{}", self.case_id), query.encode());
        let parts = RequestParts {
            direction: Direction::EdgeToHost,
            method: "PUT",
            path: &path,
            query: &query,
            body_sha256: snapshot.sha256,
            time: now(),
            nonce,
            metrics: None,
            visit: None,
        };
        let mut head = format!("PUT {path}?{query} HTTP/1.1\r\nhost: host\r\n");
        for (name, value) in sign_request(&self.keys, &parts) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", snapshot.bytes.len()));
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.write_all(&snapshot.bytes).await?;
        Ok(self.stream.flush().await?)
    }

    async fn read(&mut self) -> anyhow::Result<(u16, Vec<(String, String)>, Vec<u8>)> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).context("no status")?.parse()?;
        let mut headers = Vec::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        let length = header(&headers, "content-length").unwrap_or_default();
        let mut body = vec![0; length.parse().unwrap_or(0)];
        self.stream.read_exact(&mut body).await?;
        Ok((status, headers, body))
    }
}

impl Sends for Sender {
    async fn send(&mut self, snapshot: &Snapshot) -> anyhow::Result<()> {
        let nonce = Nonce::new(*uuid::Uuid::new_v4().as_bytes());
        self.write(snapshot, nonce).await?;
        let (status, headers, body) = self.read().await?;
        let asked = Asked {
            direction: Direction::HostToEdge,
            case_id: self.case_id.clone(),
            nonce,
        };
        let find = |name: &str| header(&headers, name);
        let answer = verify_answer(&self.keys, now(), &asked, status, find, &body)
            .with_context(|| format!("status {status}: {}", String::from_utf8_lossy(&body)))?;
        let StoredState::Stored(base) = answer.stored else {
            anyhow::bail!("it was not stored");
        };
        let is_replaced = base.sha256 == snapshot.sha256 && body.is_empty();
        ensure!(is_replaced, "it was merged with something");
        self.base = Some(base);
        Ok(())
    }
}

fn header(headers: &[(String, String)], name: &str) -> Option<String> {
    let (_, value) = headers.iter().find(|(other, _)| other == name)?;
    Some(value.clone())
}

fn keys() -> anyhow::Result<Keys> {
    Keys::parse(KEYS).context("the keys are well-formed")
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
