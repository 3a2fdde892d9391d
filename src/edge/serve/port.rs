//! The address that is listened at.

use crate::edge::{Failure, disk};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// The port when none is named.
pub const DEFAULT_PORT: u16 = 1111;

/// How many ports are tried from the default one on.
const TRIED: u16 = 200;

/// A socket that is bound; nobody is answered yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Binds to `port`, or to the first free one from 1111 on when none is named.
    ///
    /// # Errors
    /// When a named port is taken, or the address is not this machine's.
    pub fn bind(address: IpAddr, port: Option<u16>) -> Result<Self, Failure> {
        let last = port.unwrap_or(DEFAULT_PORT.saturating_add(TRIED));
        let mut tried = port.unwrap_or(DEFAULT_PORT);
        loop {
            let wanted = SocketAddr::new(address, tried);
            match TcpListener::bind(wanted).and_then(|socket| Ok((socket.local_addr()?, socket))) {
                Ok((address, socket)) => return Ok(Self { socket, address }),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && tried < last => tried += 1,
                Err(error) => return Err(refused(wanted, port.is_some(), &error)),
            }
        }
    }

    /// Scheme, host and port, as a browser on this machine reaches it.
    #[must_use]
    pub fn origin(&self) -> String {
        let here = match self.address.ip() {
            IpAddr::V4(any) if any.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(any) if any.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            named => named,
        };
        format!("http://{}", SocketAddr::new(here, self.address.port()))
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// Whether other machines can reach it.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !self.address.ip().is_loopback()
    }

    pub(super) fn listen(self) -> io::Result<tokio::net::TcpListener> {
        self.socket.set_nonblocking(true)?;
        tokio::net::TcpListener::from_std(self.socket)
    }
}

fn refused(wanted: SocketAddr, is_named: bool, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::AddrInUse if is_named => {
            Failure::new(format!("the port {} is taken by another program", wanted.port()))
                .help("name another one with --port N, or none: then the next free one is used")
        }
        io::ErrorKind::AddrInUse => {
            Failure::new(format!("all ports from {DEFAULT_PORT} to {} are taken", wanted.port()))
                .help("name a free one with --port N")
        }
        io::ErrorKind::AddrNotAvailable => Failure::new(format!("`{}` is not an address of this machine", wanted.ip())),
        _ => Failure::new(format!("cannot listen at {wanted}: {}", disk::said(error))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn a_named_port_that_is_taken_is_refused() {
        let taken = Listener::bind(LOOPBACK, Some(0)).unwrap();
        let failure = Listener::bind(LOOPBACK, Some(taken.port())).unwrap_err();
        assert!(failure.message.contains("taken by another program"), "{failure}");
    }

    #[test]
    fn without_a_name_the_next_free_one_is_taken() {
        let first = Listener::bind(LOOPBACK, None).unwrap();
        let second = Listener::bind(LOOPBACK, None).unwrap();
        assert!(second.port() > first.port() && first.port() >= DEFAULT_PORT);
    }

    #[test]
    fn its_name_is_one_that_a_browser_here_can_open() {
        let any = Listener::bind(IpAddr::V4(Ipv4Addr::UNSPECIFIED), Some(0)).unwrap();
        assert_eq!(any.origin(), format!("http://127.0.0.1:{}", any.port()));
        assert!(any.is_open());
        assert!(!Listener::bind(LOOPBACK, Some(0)).unwrap().is_open());
    }
}
