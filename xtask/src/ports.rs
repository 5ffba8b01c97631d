//! Ports on the loopback interface.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result, bail};

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

/// Finds ports that nobody listens on, all different.
///
/// # Errors
/// If the system has none left.
pub fn find_free<const COUNT: usize>() -> Result<[u16; COUNT]> {
    let mut held = Vec::with_capacity(COUNT);
    let mut ports = [0; COUNT];
    for port in &mut ports {
        // All are held until the last is found, so that none is given out twice.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .context("the system has no free port left")?;
        *port = listener
            .local_addr()
            .context("cannot read a socket's own address")?
            .port();
        held.push(listener);
    }
    Ok(ports)
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
    fn free_ports_are_all_different() {
        let [a, b, c] = find_free().unwrap();
        assert!(a != b && b != c && a != c);
    }
}
