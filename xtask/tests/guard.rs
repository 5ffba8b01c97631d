//! The guard as a process: it outlives its parent and stops what that had started.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn the_guard_of_a_dead_parent_stops_the_services_politely_and_the_youngest_first() {
    let folder = Folder::make("order");
    let log = folder.0.join("log");
    let (mut old, mut young) = (polite("old", &log), polite("young", &log));
    let mut guard = guard();
    let mut pipe = guard.stdin.take().unwrap();
    write!(
        pipe,
        "{} 15 true 5000 old\n{} 15 true 5000 young\n",
        old.id(),
        young.id()
    )
    .unwrap();

    // A parent that dies closes its end of the pipe, whatever killed it.
    drop(pipe);

    assert!(guard.wait().unwrap().success());
    assert_eq!(fs::read_to_string(&log).unwrap(), "young\nold\n");
    old.wait().unwrap();
    young.wait().unwrap();
}

#[test]
fn a_service_that_does_not_listen_is_killed_after_its_limit() {
    let mut deaf = group("trap '' TERM; while :; do sleep 1; done");
    let mut guard = guard();
    let mut pipe = guard.stdin.take().unwrap();
    writeln!(pipe, "{} 15 true 200 deaf", deaf.id()).unwrap();
    let started = Instant::now();

    drop(pipe);

    assert!(guard.wait().unwrap().success());
    assert!(!deaf.wait().unwrap().success());
    assert!(started.elapsed() >= Duration::from_millis(200));
}

fn guard() -> Child {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("guard")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

/// A service that writes its name down when it is asked to stop, and then stops.
fn polite(name: &str, log: &Path) -> Child {
    let ready = log.with_file_name(name);
    let child = group(&format!(
        "trap 'echo {name} >> {}; exit 0' TERM; : > {}; while :; do sleep 0.05; done",
        log.display(),
        ready.display()
    ));
    let deadline = Instant::now() + Duration::from_secs(20);
    while !ready.exists() {
        assert!(Instant::now() < deadline, "{name} does not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn group(script: &str) -> Child {
    Command::new("sh")
        .args(["-c", script])
        .stdout(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("the program starts")
}

/// A folder of its own, removed at the end.
struct Folder(std::path::PathBuf);

impl Folder {
    fn make(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("glossator-guard-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("the folder for temporary files is writable");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is in a folder for temporary files.
        let _left = fs::remove_dir_all(&self.0);
    }
}
