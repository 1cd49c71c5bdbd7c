//! The address of the server of sccache.

use std::path::{Path, PathBuf};

/// The maximum length of the path of a socket. The operating system does not allow much more.
const LONGEST_SOCKET: usize = 100;

/// The address at which a server listens.
#[derive(Debug)]
pub(super) enum Place {
    /// A socket in the directory of the server.
    #[cfg_attr(not(unix), expect(dead_code, reason = "it has no such sockets"))]
    Socket(PathBuf),
    /// A port of the loopback interface.
    #[cfg_attr(unix, expect(dead_code, reason = "sockets are private"))]
    Port(u16),
}

impl Place {
    #[cfg(unix)]
    pub(super) fn of(folder: &Path) -> Result<Self, String> {
        let socket = folder.join("socket");
        if socket.as_os_str().len() > LONGEST_SOCKET && !Path::new("/proc/self/cwd").exists() {
            return Err(format!(
                "the path of {} is too long for the socket of a server",
                folder.display()
            ));
        }
        Ok(Self::Socket(socket))
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &Path) -> Result<Self, String> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0");
        let address = listener.and_then(|listener| listener.local_addr());
        let address = address.map_err(|error| format!("no port is free: {error}"))?;
        Ok(Self::Port(address.port()))
    }

    fn is_long(socket: &Path) -> bool {
        socket.as_os_str().len() > LONGEST_SOCKET
    }

    /// The variable for the server. A long path is relative, because the server runs in the
    /// directory of the socket.
    pub(super) fn for_server(&self) -> (&'static str, String) {
        match self {
            Self::Socket(socket) if Self::is_long(socket) => {
                ("SCCACHE_SERVER_UDS", "socket".to_string())
            }
            Self::Socket(socket) => ("SCCACHE_SERVER_UDS", socket.display().to_string()),
            Self::Port(port) => ("SCCACHE_SERVER_PORT", port.to_string()),
        }
    }

    /// The variable for all other processes. They reach a socket with a long path through the
    /// directory of the server.
    pub(super) fn for_clients(&self, server: u32) -> (&'static str, String) {
        match self {
            Self::Socket(socket) if Self::is_long(socket) => {
                ("SCCACHE_SERVER_UDS", format!("/proc/{server}/cwd/socket"))
            }
            _ => self.for_server(),
        }
    }

    pub(super) fn answers(&self) -> bool {
        match self {
            Self::Socket(socket) => socket.exists(),
            Self::Port(port) => std::net::TcpStream::connect(("127.0.0.1", *port)).is_ok(),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_is_reached_through_the_server() {
        let short = Place::Socket("/job/.sccache/socket".into());
        let here = ("SCCACHE_SERVER_UDS", "/job/.sccache/socket".to_string());
        assert_eq!(short.for_server(), here);
        assert_eq!(short.for_clients(7), here);
        let long = Place::Socket(format!("/{}/socket", "long/".repeat(30)).into());
        assert_eq!(long.for_server().1, "socket");
        assert_eq!(long.for_clients(7).1, "/proc/7/cwd/socket");
    }
}
