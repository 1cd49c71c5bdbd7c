//! Edits of a built project. Each edit is checked and reverted.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::build::Build;
use super::channel::Channel;
use super::freshness::{Change, Remembered};
use super::pixi::Pixi;
use super::project::Project;
use super::requests::{Initialize, Outputs};
use super::toolchain::channel;

/// The action of pixi after an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Build again.
    Rebuild,
    /// Reuse the package.
    Reuse,
}

/// A project that was built once.
pub struct Finished {
    /// The project.
    pub project: Project,
    /// The files that pixi remembers from the build.
    pub cache: Remembered,
    /// The response of the build.
    pub answer: Value,
    /// The lines on stderr.
    pub stderr: Vec<String>,
}

/// Builds the package with the real tools.
#[track_caller]
pub fn finish(project: Project, initialize: &Initialize, package: &str) -> Finished {
    finish_from(channel(), project, initialize, package)
}

/// Builds the package with the toolchain of a channel.
#[track_caller]
pub fn finish_from(
    channel: &Channel,
    project: Project,
    initialize: &Initialize,
    package: &str,
) -> Finished {
    let mut pixi = Pixi::of(&project);
    pixi.initialize(initialize);
    let work = project.build_work(package);
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&outputs[0], &work, channel);
    let answer = pixi.build(&build).unwrap_or_else(|error| {
        panic!("build failed: {error:#}\n{}", pixi.stderr().join("\n"));
    });
    let params = initialize.params();
    let source = params["sourceDirectory"]
        .as_str()
        .expect("`initialize` has a source directory");
    let finished = Finished {
        cache: Remembered::of(&answer, Path::new(source)),
        stderr: pixi.stderr(),
        project,
        answer,
    };
    assert_eq!(finished.cache.changes(), [], "nothing was edited");
    finished
}

/// One edit and its expected verdict.
pub type Row<'a> = (&'a str, &'a str, Verdict);

impl Finished {
    /// Whether the inputs are exact, and not patterns instead.
    pub fn is_exact(&self) -> bool {
        !self
            .stderr
            .iter()
            .any(|line| line.contains("patterns replace them"))
    }

    /// Makes all edits, one at a time, and reverts each. Panics with the rows that have
    /// another verdict.
    ///
    /// An edit is a verb and a path relative to the workspace: `edit`, `touch`, `new`,
    /// `remove`.
    #[track_caller]
    pub fn assert_verdicts(&self, rows: &[Row<'_>]) {
        let mut wrong = Vec::new();
        for (verb, path, expected) in rows {
            let path = self.project.dir().join(path);
            let undo = edit(verb, &path);
            let changes = self.cache.changes();
            undo.apply(&path);
            let verdict = if changes.is_empty() {
                Verdict::Reuse
            } else {
                Verdict::Rebuild
            };
            if verdict != *expected {
                let path = path.display();
                wrong.push(format!("{verb} {path}: {expected:?} expected, {changes:?}"));
            }
        }
        let again: Vec<Change> = self.cache.changes();
        assert_eq!(again, [], "an edit was not taken back");
        assert!(
            wrong.is_empty(),
            "{}\npixi remembers {:#?}\nof {:#}",
            wrong.join("\n"),
            self.cache.names(self.project.dir()),
            self.answer,
        );
    }
}

/// The state of a file before an edit.
enum Before {
    Content(Vec<u8>),
    /// The file did not exist. This is the outermost directory that did not exist either.
    Nothing(PathBuf),
}

fn edit(verb: &str, path: &Path) -> Before {
    let before = match fs_err::read(path) {
        Ok(content) => Before::Content(content),
        Err(_) => {
            let missing = path.ancestors().take_while(|above| !above.exists());
            Before::Nothing(missing.last().expect("the file is missing").to_owned())
        }
    };
    match (verb, &before) {
        ("edit", Before::Content(content)) => {
            fs_err::write(path, [content.as_slice(), b"\n"].concat()).expect("writable");
        }
        ("touch", Before::Content(content)) => fs_err::write(path, content).expect("writable"),
        ("remove", Before::Content(_)) => fs_err::remove_file(path).expect("removable"),
        ("new", Before::Nothing(_)) => {
            fs_err::create_dir_all(path.parent().expect("a file is in a directory"))
                .expect("writable");
            fs_err::write(path, "new\n").expect("writable");
        }
        _ => panic!(
            "the row `{verb} {}` does not fit the project",
            path.display()
        ),
    }
    before
}

impl Before {
    fn apply(self, path: &Path) {
        match self {
            Before::Content(content) => fs_err::write(path, content).expect("writable"),
            Before::Nothing(outermost) if outermost.is_dir() => {
                fs_err::remove_dir_all(outermost).expect("removable");
            }
            Before::Nothing(outermost) => fs_err::remove_file(outermost).expect("removable"),
        }
    }
}
