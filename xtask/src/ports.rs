//! Ports on the loopback interface.
//!
//! A port is chosen before the program that is given it listens there. Meanwhile nobody else may take it: not the
//! system, which hands out the ephemeral range to whoever connects, and not another process of ours. So ports are
//! chosen below that range, and each is reserved by listening on the same port of 127.0.0.2, as `tests/` does too.

use std::{
    fs,
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result, bail};

/// The lowest port that is given out.
const LOWEST: u16 = 10_240;
/// Where the ephemeral range begins if the system does not say (IANA's is higher, Linux' is this).
const EPHEMERAL_FROM: u16 = 32_768;
/// Where a port is reserved.
const RESERVING: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// How many ports this process has looked at.
static LOOKED_AT: AtomicU32 = AtomicU32::new(0);

/// A port that nobody listens on, reserved as long as this lives.
pub struct FreePort {
    number: u16,
    /// Absent where there is no second loopback address, as on macOS.
    _reservation: Option<TcpListener>,
}

impl FreePort {
    /// The port.
    pub fn number(&self) -> u16 {
        self.number
    }
}

/// Makes sure that nobody listens on a port.
///
/// # Errors
/// If somebody does, or the port may not be used.
pub fn check_free(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!(
                "port {port} of 127.0.0.1 is already in use; stop what listens there, or choose another with --port"
            )
        }
        Err(error) => Err(error).with_context(|| {
            format!("port {port} of 127.0.0.1 cannot be used; choose another with --port")
        }),
    }
}

/// Finds a port that nobody listens on and nobody else is given while the answer lives.
///
/// # Errors
/// If there is none left below the ephemeral range.
pub fn find_free() -> Result<FreePort> {
    let count = u32::from(ephemeral_from().saturating_sub(LOWEST));
    for _ in 0..count {
        let looked_at = LOOKED_AT.fetch_add(1, Ordering::Relaxed);
        // Processes begin at different places, so that they seldom meet.
        let offset = process::id().wrapping_mul(97).wrapping_add(looked_at) % count;
        let number = LOWEST + u16::try_from(offset).expect("a remainder is below the count");
        let reservation = match TcpListener::bind((RESERVING, number)) {
            Ok(listener) => Some(listener),
            Err(error) if error.kind() == ErrorKind::AddrNotAvailable => None,
            Err(_) => continue,
        };
        if TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok() {
            return Ok(FreePort {
                number,
                _reservation: reservation,
            });
        }
    }
    bail!("none of the {count} ports from {LOWEST} is free")
}

/// Where the range begins that the system gives to outgoing connections (ip(7), `ip_local_port_range`).
fn ephemeral_from() -> u16 {
    fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range")
        .ok()
        .and_then(|range| range.split_whitespace().next()?.parse().ok())
        .unwrap_or(EPHEMERAL_FROM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_an_error_that_names_the_port_and_the_remedy() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();

        let error = check_free(port).unwrap_err().to_string();

        assert!(
            error.contains(&port.to_string()) && error.contains("--port"),
            "{error}"
        );
        drop(taken);
        check_free(port).unwrap();
    }

    #[test]
    fn a_free_port_is_given_to_nobody_else_and_lies_below_the_ephemeral_range() {
        let (one, other) = (find_free().unwrap(), find_free().unwrap());
        assert_ne!(one.number(), other.number());
        assert!(one.number() < ephemeral_from());
        assert!(TcpListener::bind((RESERVING, one.number())).is_err());
        check_free(one.number()).unwrap();
    }
}
