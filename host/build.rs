//! The migrations are compiled into the binary: a changed directory must rebuild it.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
