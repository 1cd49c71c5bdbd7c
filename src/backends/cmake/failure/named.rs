//! Names in options that CMake or ninja do not know.

use super::super::file_api;
use super::blocks;
use crate::backend::failure::{Diagnosis, Place, QUOTED};
use crate::backend::log::Log;
use crate::backends::cmake::view::View;
use crate::diagnostic::{list, nearest};
use crate::project::config::written_at;

/// `targets` names a target that the project does not have.
pub(super) fn unknown_target(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let name = log.between("ninja: error: unknown target '", "'")?;
    let reply = file_api::read(&view.tree.binary()).unwrap_or_default();
    let own = reply.targets.iter();
    let own = own.filter(|target| !target.is_of_the_generator && !is_of_ctest(&target.name));
    let mut names: Vec<&str> = own.map(|target| target.name.as_str()).collect();
    names.sort_unstable();
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "the project has no targets: remove it".to_string(),
        None => match names.len().saturating_sub(QUOTED) {
            0 => format!("the targets are {}", list(names)),
            more => {
                let first = names[..QUOTED].join("`, `");
                format!("the targets are `{first}` and {more} more")
            }
        },
    };
    let mut targets = view.request.config.targets.iter();
    let index = targets.position(|target| target == name);
    let option = index.map(|index| ["targets".to_string(), index.to_string()]);
    let by = option.as_ref().map_or("", |_| ", which `targets` names");
    Some(Diagnosis {
        code: "build::unknown_name",
        message: format!("the project has no target `{name}`{by}"),
        help: Some(help),
        place: option.and_then(|keys| place(view, &[&keys[0], &keys[1]])),
        ..Default::default()
    })
}

/// Whether `include(CTest)` makes this target, which uploads the results of tests.
fn is_of_ctest(name: &str) -> bool {
    let groups = ["Continuous", "Experimental", "Nightly"];
    let steps = [
        "",
        "Build",
        "Configure",
        "Coverage",
        "MemCheck",
        "MemoryCheck",
        "Start",
        "Submit",
        "Test",
        "Update",
    ];
    let step = groups.iter().find_map(|group| name.strip_prefix(group));
    step.is_some_and(|step| steps.contains(&step))
}

/// `extra-args` has an argument that CMake does not have.
pub(super) fn unknown_argument(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let name = log.after("CMake Error: Unknown argument ")?;
    let name = name.split(blocks::TRACED).next()?.trim();
    let mut arguments = view.request.config.extra_args.iter();
    let index = arguments.position(|argument| argument == name)?;
    Some(Diagnosis {
        code: "build::unknown_name",
        message: format!("`cmake` has no argument `{name}`, which `extra-args` names"),
        help: Some(
            "write an argument of the configure command, as `cmake --help` lists them".into(),
        ),
        place: place(view, &["extra-args", &index.to_string()]),
        ..Default::default()
    })
}

/// The place of an option in the manifest.
fn place(view: &View<'_>, keys: &[&str]) -> Option<Place> {
    let manifest = &view.request.project.manifest;
    Some(Place {
        file: manifest.file(),
        at: written_at(manifest, view.request.platforms.host, keys)?,
        label: "asked for here".to_string(),
    })
}
