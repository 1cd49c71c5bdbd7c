//! Reads the output of a process, line by line and on a separate thread.

use std::io::{BufRead, BufReader, Read};
use std::process::ChildStderr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The stderr of a backend. It is not read until [`Stderr::read`] is called.
#[derive(Debug)]
pub struct Stderr {
    unread: Option<ChildStderr>,
    reader: Option<JoinHandle<()>>,
    log: Arc<Mutex<Log>>,
}

#[derive(Debug, Default)]
struct Log {
    lines: Vec<String>,
    invalid: Option<String>,
}

impl Stderr {
    /// Stores the pipe without reading it.
    pub fn new(pipe: ChildStderr) -> Self {
        Self {
            unread: Some(pipe),
            reader: None,
            log: Arc::default(),
        }
    }

    /// Starts to read, unless reading has already started.
    pub fn read(&mut self) {
        let Some(pipe) = self.unread.take() else {
            return;
        };
        let log = Arc::clone(&self.log);
        self.reader = Some(std::thread::spawn(move || {
            for line in lines(pipe) {
                let mut log = log.lock().expect("no thread panics while it holds the log");
                match String::from_utf8(line) {
                    Ok(line) => log.lines.push(line.trim_end_matches('\n').to_owned()),
                    Err(error) => log.invalid = Some(error.to_string()),
                }
            }
        }));
    }

    /// Fails the test if a line was not UTF-8, because pixi stops reading there.
    #[track_caller]
    pub fn check(&self) {
        let invalid = self.log().invalid.clone();
        if let Some(fault) = invalid {
            panic!("stderr is not UTF-8: {fault}");
        }
    }

    /// All lines until now, including those that are in transit.
    #[track_caller]
    pub fn settled(&mut self) -> Vec<String> {
        self.read();
        let mut before = usize::MAX;
        while before != self.log().lines.len() {
            before = self.log().lines.len();
            std::thread::sleep(Duration::from_millis(30));
        }
        self.check();
        self.log().lines.clone()
    }

    /// All lines up to the end of the stream.
    ///
    /// Panics if the stream does not end, because a child of the backend still runs.
    #[track_caller]
    pub fn all(&mut self, patience: Duration) -> Vec<String> {
        self.read();
        let reader = self.reader.as_ref().expect("the reader was started");
        let deadline = Instant::now() + patience;
        while !reader.is_finished() {
            assert!(
                Instant::now() < deadline,
                "a child of the backend holds its stderr"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        self.check();
        self.log().lines.clone()
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().expect("the reader does not panic")
    }
}

/// The lines of a stream, including their line ends. A broken stream is treated as ended.
pub fn lines(stream: impl Read) -> impl Iterator<Item = Vec<u8>> {
    let mut stream = BufReader::new(stream);
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        let length = stream.read_until(b'\n', &mut line).unwrap_or(0);
        (length > 0).then_some(line)
    })
}
