//! A Redis server for one test, on a port of the loopback interface.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use super::machine::on_path;
use super::toolchain::{Missing, or_skip};

/// A running server that stores everything in memory. Dropping it ends it.
#[derive(Debug)]
pub struct Redis {
    server: Child,
    port: u16,
}

impl Redis {
    /// Starts a server that accepts clients with `password`, or all clients if there is
    /// no password. Returns `None` if the machine does not have Redis, except in the
    /// gate.
    pub fn start_or_skip(password: Option<&str>) -> Option<Self> {
        let executable = on_path("redis-server").ok_or(Missing("redis-server"));
        let executable = or_skip(executable)?;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port is free")
            .port();
        let mut command = Command::new(executable);
        command
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--save", "", "--appendonly", "no"])
            .args(password.into_iter().flat_map(|it| ["--requirepass", it]))
            .stdout(Stdio::piped());
        let mut server = command.spawn().expect("Redis can be started");
        let output = server.stdout.take().expect("stdout is a pipe");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let ready = lines.any(|line| line.contains("Ready to accept connections"));
        assert!(ready, "Redis ended before it was ready");
        // The server blocks if its output is not read.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { server, port })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The number of stored results.
    pub fn stored_results(&self) -> usize {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server runs");
        stream.write_all(b"DBSIZE\r\n").expect("the server reads");
        let mut answer = String::new();
        let mut reader = BufReader::new(stream);
        reader.read_line(&mut answer).expect("the server answers");
        let number = answer.trim().strip_prefix(':');
        number
            .and_then(|it| it.parse().ok())
            .expect("the answer is a number")
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // The server may already have ended.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
