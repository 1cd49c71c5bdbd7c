//! The server over HTTP, which is for development and serves one user.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A server that ends with the test.
struct Server {
    process: Child,
    address: String,
    token: String,
}

impl Server {
    fn start() -> Self {
        let mut process = Command::new(assert_cmd::cargo::cargo_bin!("pixi-build-rust"))
            .args(["--http-port", "0"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the executable starts");
        let mut stderr = BufReader::new(process.stderr.take().expect("piped")).lines();
        let mut between = |start: &str, end: &str| {
            let line = stderr.next().expect("a line").expect("text");
            let inner = line
                .strip_prefix(start)
                .and_then(|line| line.strip_suffix(end));
            inner.unwrap_or_else(|| panic!("{line}")).to_owned()
        };
        Self {
            address: between("listening on http://", ""),
            token: between("send `Authorization: Bearer ", "` with every request"),
            process,
        }
    }

    /// Returns the status and the body of the response to a request with these headers.
    fn ask(&self, headers: &[(&str, &str)]) -> (u16, String) {
        let body = r#"{"jsonrpc":"2.0","id":7,"method":"negotiateCapabilities","params":{"capabilities":{}}}"#;
        let headers: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let mut stream = TcpStream::connect(&self.address).expect("somebody listens");
        write!(
            stream,
            "POST / HTTP/1.1\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .expect("the request is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        (status.expect("a status"), answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[test]
fn methods_are_served_on_loopback_to_those_who_know_the_token() {
    let server = Server::start();
    assert!(
        server.address.starts_with("127.0.0.1:"),
        "{}",
        server.address
    );
    let port = server.address.rsplit(':').next().expect("a port");
    let token = format!("Bearer {}", server.token);
    let local = format!("localhost:{port}");
    let page = format!("http://{local}");

    for headers in [
        &[("Host", server.address.as_str()), ("Authorization", &token)][..],
        &[("Host", &local), ("Authorization", &token)],
        &[
            ("Host", &local),
            ("Authorization", &token),
            ("Origin", &page),
        ],
    ] {
        let (status, answer) = server.ask(headers);
        assert_eq!(status, 200, "{answer}");
        assert!(
            answer.contains(r#""providesCondaOutputs":true"#),
            "{answer}"
        );
    }
}

#[test]
fn strangers_are_refused() {
    let server = Server::start();
    let host = server.address.as_str();
    let token = format!("Bearer {}", server.token);
    for (expected, headers) in [
        (401, &[("Host", host)][..]),
        (401, &[("Host", host), ("Authorization", "Bearer 0")]),
        (
            401,
            &[("Host", host), ("Authorization", server.token.as_str())],
        ),
        (
            403,
            &[("Host", "rebound.example"), ("Authorization", &token)],
        ),
        (403, &[("Host", "127.0.0.1:1"), ("Authorization", &token)]),
        (
            403,
            &[
                ("Host", host),
                ("Authorization", &token),
                ("Origin", "https://page.example"),
            ],
        ),
        (
            403,
            &[
                ("Host", host),
                ("Authorization", &token),
                ("Origin", "null"),
            ],
        ),
    ] {
        let (status, answer) = server.ask(headers);
        assert_eq!(status, expected, "{headers:?}: {answer}");
        assert!(!answer.contains("jsonrpc"), "{answer}");
    }
}
