//! The search for changes does not visit unrelated files.

use super::layouts::{self, Layout};
use test_support::edits::finish;
use test_support::freshness::Remembered;
use test_support::project::Project;

/// The number of unrelated files in each place.
const FILES: usize = 1_000;

fn fill(project: &Project, folder: &str) {
    let root = project.dir().join(folder);
    for group in 0..FILES / 100 {
        let folder = root.join(format!("group{group}"));
        fs_err::create_dir_all(&folder).expect("own folder");
        for file in 0..100 {
            fs_err::write(folder.join(format!("{file}.rs")), "").expect("own folder");
        }
    }
}

fn visited(places: &[&str]) -> usize {
    let Layout {
        project,
        initialize,
        package,
    } = layouts::workspace_member();
    // This directory is created by a run of cargo after the build of the package.
    let before = places.iter().filter(|place| !place.contains("app/target"));
    for place in before {
        fill(&project, place);
    }
    let finished = finish(project, &initialize, package);
    for place in places {
        fill(&finished.project, &format!("{place}/later"));
    }
    let source = finished.project.dir().join("crates/app");
    Remembered::of(&finished.answer, &source).visited()
}

#[test]
fn unrelated_files_are_not_looked_at() {
    let places = [
        "data",
        "target",
        "crates/other/data",
        "crates/app/data",
        "crates/app/tests/data",
        "crates/app/target",
        "crates/helper/data",
    ];
    let (few, many) = (visited(&[]), visited(&places));
    // Directories are visited, some twice, where the files beside them are inputs.
    let seen = many - few;
    assert!(seen <= 3 * places.len(), "{few} became {many}");
}

/// `cargo nextest run --run-ignored all --no-capture a_hundred_thousand` prints the time of the
/// search.
#[test]
#[ignore = "a measurement: the maintainer who updates docs/performance.md runs it with `--ignored`"]
fn a_hundred_thousand_files_beside_the_crate() {
    for places in [&[][..], &["beside"; 50]] {
        let Layout {
            project,
            initialize,
            package,
        } = layouts::workspace_member();
        for (number, place) in places.iter().enumerate() {
            fill(&project, &format!("{place}/{number}"));
            fill(&project, &format!("crates/app/{place}/{number}"));
        }
        let finished = finish(project, &initialize, package);
        let begin = std::time::Instant::now();
        assert_eq!(finished.cache.changes(), []);
        let files = 2 * places.len() * FILES;
        println!("{files} files: {:?}", begin.elapsed());
    }
}
