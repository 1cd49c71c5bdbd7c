//! Sessions with pixi, recorded or derived from the description of the protocol, and
//! their projects.

use std::path::Path;

use serde_json::Value;

use super::project::Project;

/// All fixtures, by the version of the API.
pub const FIXTURES: [&str; 7] = [
    "api-4",
    "api-5",
    "api-6",
    "api-7-build",
    "api-7-hello",
    "api-7-pins",
    "api-7-rich",
];

/// A session and its directory.
pub struct Fixture {
    /// The name of its directory.
    pub name: &'static str,
    /// A copy of its files.
    pub project: Project,
    /// The requests to each process, in their order.
    pub processes: Vec<Vec<Exchange>>,
}

/// A request and, in recorded sessions, the response of another backend.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// Its parameters.
    pub params: Value,
    /// The result of the other backend.
    pub recorded: Option<Value>,
}

impl Fixture {
    /// Copies the files of a fixture and replaces the paths in its session with those of
    /// the copy.
    pub fn open(name: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures")
            .join(name);
        let project = Project::new();
        copy(&folder.join("files"), project.dir());
        let text =
            fs_err::read_to_string(folder.join("session.txt")).expect("the fixture is valid");
        let place = |path: &Path| path.to_str().expect("temporary paths are UTF-8").to_owned();
        let text = text
            .replace("{workspace}", &place(project.dir()))
            .replace("{cache}", &place(project.cache()));
        Self {
            name,
            project,
            processes: processes(&text),
        }
    }

    /// Opens every fixture.
    pub fn all() -> impl Iterator<Item = Self> {
        FIXTURES.into_iter().map(Self::open)
    }
}

/// The requests with one method, each with its recorded response.
pub fn requests<'e>(
    process: &'e [Exchange],
    method: &'e str,
) -> impl Iterator<Item = &'e Exchange> + 'e {
    let of_kind = move |exchange: &&Exchange| exchange.method == method;
    process.iter().filter(of_kind)
}

fn processes(text: &str) -> Vec<Vec<Exchange>> {
    let mut processes: Vec<Vec<Exchange>> = Vec::new();
    for line in text.lines() {
        if line == "# process" {
            processes.push(Vec::new());
        }
        let Some(process) = processes.last_mut() else {
            continue;
        };
        if let Some(request) = line.strip_prefix("> ") {
            let mut request: Value = serde_json::from_str(request).expect("the fixture is valid");
            process.push(Exchange {
                method: request["method"]
                    .as_str()
                    .expect("the fixture is valid")
                    .to_owned(),
                params: request["params"].take(),
                recorded: None,
            });
        } else if let Some(answer) = line.strip_prefix("< ") {
            let mut answer: Value = serde_json::from_str(answer).expect("the fixture is valid");
            let request = process.last_mut().expect("a request comes first");
            request.recorded = Some(answer["result"].take());
        }
    }
    processes
}

fn copy(from: &Path, to: &Path) {
    for entry in fs_err::read_dir(from).expect("the fixture is valid") {
        let entry = entry.expect("the fixture is valid");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs_err::create_dir_all(&target).expect("the test owns the directory");
            copy(&entry.path(), &target);
        } else {
            fs_err::copy(entry.path(), target).expect("the test owns the directory");
        }
    }
}
