//! The binary as an operator meets it: start, refusal, drain, subcommands.

mod common;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use common::{
    KEYS,
    client::Call,
    connect,
    documents::{extended, typed},
    in_database,
};
use host::limits::{CONNECTIONS_MAX, DRAIN_MAX, HEAD_READ_MAX};
use ureq::http::Method;

#[tokio::test]
async fn sigterm_finishes_what_is_in_flight_and_exits_with_0() {
    in_database(async |url: String| {
        assert!(host(&url, &["migrate"]).status.success());
        let mut process = serve(&url);
        let call = Call::put("case", None, &typed(1, "in flight"));
        let mut slow = TcpStream::connect(process.address()).unwrap();
        slow.write_all(head(&call).as_bytes()).unwrap();
        let (first, rest) = call.body.split_at(3);
        slow.write_all(first).unwrap();
        // The request is certainly being served once its nonce is spent.
        let sql = connect(&url).await;
        let spent = || async {
            sql.query("select from spent_nonce", &[])
                .await
                .unwrap()
                .len()
                == 1
        };
        common::eventually("the request is being served", spent).await;

        process.signal("TERM");
        process.wait_until_it_refuses_connections();
        process.stays(Duration::from_secs(2));
        slow.write_all(rest).unwrap();
        let mut answer = String::new();
        slow.read_to_string(&mut answer).unwrap();

        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(process.child.wait().unwrap().success());
        let stored = sql
            .query("select from annotation_document_state", &[])
            .await
            .unwrap();
        assert_eq!(stored.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off_and_holds_up_no_drain() {
    in_database(async |url: String| {
        assert!(host(&url, &["migrate"]).status.success());
        let mut process = serve(&url);
        let mut half = TcpStream::connect(process.address()).unwrap();
        half.write_all(b"GET /healthz HTTP/1.1\r\nhost:").unwrap();
        // Connections are served in order of their arrival: the half head is being read by now.
        assert!(process.get("/healthz").starts_with("HTTP/1.1 200"));

        process.signal("TERM");

        half.set_read_timeout(Some(DRAIN_MAX)).unwrap();
        let mut answer = Vec::new();
        half.read_to_end(&mut answer)
            .expect("the host closes what it cannot finish");
        assert!(
            process.child.wait().unwrap().success(),
            "the drain is complete"
        );
    })
    .await;
}

#[tokio::test]
async fn connections_are_bounded_and_those_beyond_wait_for_a_seat() {
    in_database(async |url: String| {
        assert!(host(&url, &["migrate"]).status.success());
        let process = serve(&url);
        let mut hoard: Vec<TcpStream> = (0..CONNECTIONS_MAX)
            .map(|_| TcpStream::connect(process.address()).unwrap())
            .collect();
        let mut beyond = TcpStream::connect(process.address()).unwrap();
        beyond
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
            .unwrap();
        beyond
            .set_read_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        assert!(beyond.read(&mut [0; 1]).is_err(), "there is no seat");

        drop(hoard.pop());
        beyond.set_read_timeout(Some(HEAD_READ_MAX / 2)).unwrap();
        let mut answer = String::new();
        beyond.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn serve_refuses_a_schema_that_differs_and_prints_the_difference() {
    in_database(async |url: String| {
        let refused = host(&url, &["serve"]);
        assert!(!refused.status.success());
        assert!(
            errors(&refused).contains("missing:    store column generation"),
            "{}",
            errors(&refused)
        );
        assert!(errors(&refused).contains("host migrate"));

        assert!(host(&url, &["migrate"]).status.success());
        let sql = connect(&url).await;
        sql.batch_execute("alter table outbox add column extra int; drop index highlight_search")
            .await
            .unwrap();
        let refused = host(&url, &["serve"]);
        assert!(!refused.status.success());
        assert!(
            errors(&refused).contains("unexpected: outbox column extra integer"),
            "{}",
            errors(&refused)
        );
        assert!(
            errors(&refused).contains("missing:    highlight index"),
            "{}",
            errors(&refused)
        );
    })
    .await;
}

#[tokio::test]
async fn a_migrated_database_is_the_one_that_the_binary_expects() {
    in_database(async |url: String| {
        assert!(host(&url, &["migrate"]).status.success());
        let store = host::store::Store::new(&common::config(&url));
        let found = store.describe_schema().await.unwrap();
        assert!(
            found == include_str!("../schema.txt"),
            "host/schema.txt does not describe the migrations; if they are right, it should be:\n{found}"
        );
    })
    .await;
}

#[tokio::test]
async fn hosts_that_migrate_at_once_wait_for_each_other() {
    in_database(async |url: String| {
        let runs: Vec<_> = (0..4)
            .map(|_| command(&url, &["migrate"]).spawn().unwrap())
            .collect();
        for run in runs {
            let output = run.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", errors(&output));
        }
    })
    .await;
}

#[tokio::test]
async fn a_missing_variable_is_named_with_its_remedy() {
    in_database(async |url: String| {
        for name in ["DATABASE_URL", "HOST_KEYS", "EDGE_URL"] {
            let output = command(&url, &["serve"]).env_remove(name).output().unwrap();
            assert!(!output.status.success());
            assert!(
                errors(&output).contains(&format!("{name} is not set: set it to")),
                "{}",
                errors(&output)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn readiness_follows_the_schema_and_life_does_not() {
    in_database(async |url: String| {
        assert!(host(&url, &["migrate"]).status.success());
        let process = serve(&url);
        assert!(process.get("/healthz").starts_with("HTTP/1.1 200"));
        assert!(process.get("/readyz").starts_with("HTTP/1.1 200"));
        connect(&url)
            .await
            .batch_execute("alter table outbox drop column last_error")
            .await
            .unwrap();
        assert!(process.get("/readyz").starts_with("HTTP/1.1 503"));
        assert!(process.get("/healthz").starts_with("HTTP/1.1 200"));
    })
    .await;
}

#[tokio::test]
async fn an_operator_lists_exports_and_cannot_restore_a_healthy_case() {
    in_database(async |url: String| {
        assert!(host(&url, &["migrate"]).status.success());
        let process = serve(&url);
        let (first, base_url) = (typed(1, "a"), format!("http://{}", process.address()));
        let base = Call::put("case", None, &first).send(&base_url).await.base();
        let second = extended(&first, 1, "b");
        Call::put("case", Some(base), &second).send(&base_url).await;

        let list = host(&url, &["snapshots", "list", "case"]);
        let lines: Vec<_> = printed(&list)
            .lines()
            .map(|line| line[..20].to_owned())
            .collect();
        assert_eq!(
            lines,
            ["current    version 2", "history    version 1"].map(|l| format!("{l:<20}"))
        );

        let file = std::env::temp_dir().join(format!("glossator-export-{}", uuid::Uuid::new_v4()));
        let path = file.to_str().unwrap();
        let export = [
            "snapshots",
            "export",
            "case",
            "--version",
            "1",
            "--to",
            path,
        ];
        assert!(host(&url, &export).status.success());
        assert_eq!(std::fs::read(&file).unwrap(), first);
        assert!(
            errors(&host(&url, &export)).contains("cannot be created"),
            "never overwrites a file"
        );
        std::fs::remove_file(&file).unwrap();

        let refused = host(&url, &["snapshots", "restore", "case", "--version", "1"]);
        assert!(!refused.status.success());
        assert!(
            errors(&refused).contains("is healthy")
                && errors(&refused).contains("snapshots export case")
        );
        assert_eq!(
            Call::new(Method::GET, "case").send(&base_url).await.body,
            second
        );
    })
    .await;
}

#[tokio::test]
async fn the_subcommands_say_what_they_did() {
    in_database(async |url: String| {
        assert!(host(&url, &["migrate"]).status.success());
        let process = serve(&url);
        Call::put("case", None, &typed(1, "a"))
            .send(&format!("http://{}", process.address()))
            .await;
        drop(process);

        let verified = printed(&host(&url, &["verify"]));
        assert!(verified.contains("1 cases checked, 0 with findings"));
        assert!(
            verified.contains("0 entries of the audit log checked, 0 with findings, head 0000")
        );
        assert!(printed(&host(&url, &["rebuild-projection"])).contains("1 cases projected"));
        assert!(printed(&host(&url, &["resync"])).contains("1 checks and 0 deletions ordered"));
        let before = generation(&url).await;
        assert!(printed(&host(&url, &["restored"])).contains("the store's generation is "));
        assert_ne!(generation(&url).await, before);

        let corrupt = "update annotation_document_state set crdt_state = 'x'";
        connect(&url).await.batch_execute(corrupt).await.unwrap();
        let verify = host(&url, &["verify"]);
        assert!(!verify.status.success());
        assert!(printed(&verify).contains("case case version 1: does not have the stored hash"));
    })
    .await;
}

#[tokio::test]
async fn a_put_is_projected_within_seconds() {
    in_database(async |url: String| {
        assert!(host(&url, &["migrate"]).status.success());
        let process = serve(&url);
        Call::put("case", None, &typed(1, "a"))
            .send(&format!("http://{}", process.address()))
            .await;
        let sql = connect(&url).await;
        let projected = || async {
            sql.query("select from projection where version = 1", &[])
                .await
                .unwrap()
                .len()
                == 1
        };
        let started = Instant::now();
        common::eventually("the watermark follows", projected).await;
        assert!(started.elapsed() < Duration::from_secs(10));
    })
    .await;
}

/// A host that serves; killed when dropped.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn address(&self) -> &str {
        &self.address
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status();
        assert!(sent.expect("kill runs").success());
    }

    fn wait_until_it_refuses_connections(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&self.address).is_ok() {
            assert!(
                self.child.try_wait().expect("a child").is_none(),
                "it exited with a request in flight"
            );
            assert!(
                Instant::now() < deadline,
                "it accepts connections while it drains"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything but the request in flight has ended long before; it alone keeps the process.
    fn stays(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until {
            let ended = self.child.try_wait().expect("a child");
            assert!(ended.is_none(), "it exited with a request in flight");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("the host listens");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n"
        )
        .expect("the host reads");
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .expect("the host answers");
        answer
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().expect("a child can be killed");
            self.child.wait().expect("a child ends");
        }
    }
}

fn serve(url: &str) -> Serving {
    let mut child = command(url, &["serve"])
        .stderr(Stdio::null())
        .spawn()
        .expect("the host starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe"))
        .read_line(&mut line)
        .expect("the host prints");
    let address = line
        .trim()
        .strip_prefix("listening http://")
        .expect("the line that says where")
        .to_owned();
    Serving { child, address }
}

fn host(url: &str, arguments: &[&str]) -> Output {
    command(url, arguments).output().expect("the host runs")
}

fn command(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_host"));
    command
        .args(arguments)
        .envs([
            ("DATABASE_URL", url),
            ("HOST_KEYS", KEYS),
            ("HOST_LISTEN", "127.0.0.1:0"),
        ])
        .envs([("EDGE_URL", "http://127.0.0.1:9"), ("HOST_POOL_SIZE", "4")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn head(call: &Call) -> String {
    let mut head = format!(
        "PUT {} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n",
        call.target()
    );
    for (name, value) in call.headers() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head + &format!("content-length: {}\r\n\r\n", call.body.len())
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn generation(url: &str) -> String {
    connect(url)
        .await
        .query_one("select generation::text from store", &[])
        .await
        .expect("one row")
        .get(0)
}
