//! Installs files from the stage into the prefix.

use std::path::Path;

use super::super::config::Format;
use super::super::plan::{Item, Kind};
use super::super::tree;
use super::{Build, COMMANDS, stage};
use crate::backend::script::{Step, StepCondition, Word};

impl Build<'_> {
    /// Copies a program or library into the prefix.
    pub(super) fn install(&self, item: &Item) -> Vec<Step> {
        let prefix = |below: &str| Word::variable("PREFIX").then(format!("/{below}"));
        let copy = |mode: &'static str, from: Word, to: Word| {
            Step::Run(vec!["install".into(), "-m".into(), mode.into(), from, to])
        };
        let file = self.file(item);
        let built = stage(&format!("bin/{file}"));
        match item.kind {
            Kind::Program => vec![copy("755", built, prefix(&format!("bin/{file}")))],
            Kind::SharedLibrary => vec![copy("755", built, prefix(&format!("lib/{file}")))],
            Kind::PythonModule => {
                let to = Word::variable("SP_DIR").then(format!("/{file}"));
                vec![copy("755", built, to)]
            }
            Kind::Library(Format::Precompiled) => COMMANDS
                .map(|(command, suffix)| {
                    let file = format!("lib/mojo/{}.{suffix}", item.name);
                    let steps = vec![copy("644", stage(&file), prefix(&file))];
                    Step::When(StepCondition::File(stage(command)), steps)
                })
                .into(),
            Kind::Library(Format::Source) => self.sources(item),
        }
    }

    /// Copies the sources of a library.
    fn sources(&self, item: &Item) -> Vec<Step> {
        let target = |below: &Path| {
            let below = below.display().to_string();
            let below = format!("/lib/mojo/{}/{below}", item.name);
            Word::variable("PREFIX").then(below.trim_end_matches('/'))
        };
        let mut steps = Vec::new();
        for (folder, files) in tree::sources_by_directory(&item.path) {
            let below = folder.strip_prefix(&item.path).unwrap_or(&folder);
            let files = files
                .into_iter()
                .map(|file| Word::literal(file.display().to_string()));
            steps.push(Step::Run(vec!["mkdir".into(), "-p".into(), target(below)]));
            let command = ["install", "-m", "644"].map(Word::from).into_iter();
            steps.push(Step::Run(
                command.chain(files).chain([target(below)]).collect(),
            ));
        }
        steps
    }

    /// The file name of a program.
    pub(super) fn file(&self, item: &Item) -> String {
        let is_osx = self.request.platforms.host.is_osx();
        match item.kind {
            Kind::SharedLibrary if is_osx => format!("lib{}.dylib", item.name),
            Kind::SharedLibrary => format!("lib{}.so", item.name),
            Kind::PythonModule => format!("{}.so", item.name),
            Kind::Program | Kind::Library(_) => item.name.clone(),
        }
    }
}
