//! A backend for folders of text files.

use miette::Report;
use pixi_build_backends::backend::options::CommonOptions;
use pixi_build_backends::backend::script::{Script, Step, Word};
use pixi_build_backends::backend::{Backend, Draft, Env, GlobSet, Platforms, Request, SystemTools};
use pixi_build_backends::diagnostic::Warning;
use pixi_build_backends::project::config::{InvalidOption, Options};
use rattler_conda_types::NoArchType;
use serde::Deserialize;

/// Packs every text file of a folder.
pub struct Texts;

/// `[package.build.config]`: no option of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    #[serde(flatten)]
    common: CommonOptions,
}

impl Options for Config {
    const KEYS: &'static [&'static str] = &CommonOptions::KEYS;

    fn warnings(&self) -> Vec<Warning> {
        self.common.warnings()
    }

    fn validate(&self) -> Vec<InvalidOption> {
        self.common.validate()
    }
}

impl Backend for Texts {
    const NAME: &'static str = "pixi-build-texts";
    const BUILDS: &'static str = "folders of text files";
    const INSTALLS: &'static str = "cp";
    const METADATA_FILE: &'static str = "pixi.toml";

    type Config = Config;
    type Source = Vec<String>;

    fn read(&self, request: &Request<'_, Config>) -> Result<Vec<String>, Report> {
        let entries = fs_err::read_dir(&request.project.source);
        let entries = entries.map_err(|error| miette::miette!("{error}"))?;
        let names = entries.flatten().map(|entry| entry.file_name());
        let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        names.retain(|name| name.ends_with(".txt"));
        Ok(names)
    }

    fn draft(&self, request: &Request<'_, Config>, texts: &Vec<String>) -> Result<Draft, Report> {
        let source = &request.project.source;
        let share = || Word::variable("PREFIX").then("/share");
        let file = |name: &String| Word::literal(source.join(name).display().to_string());
        let mut copy = vec!["cp".into()];
        copy.extend(texts.iter().map(file));
        copy.push(share());
        let make = vec!["mkdir".into(), "-p".into(), share()];
        let mut draft = Draft::default();
        draft.packaging.noarch = NoArchType::generic();
        draft.script = Script {
            steps: vec![Step::Run(make), Step::Run(copy)],
            ..Script::default()
        };
        Ok(draft)
    }

    fn inputs(&self, request: &Request<'_, Config>, _: &Vec<String>) -> Vec<GlobSet> {
        let source = &request.project.source;
        vec![GlobSet::names(source, ["*.txt"], "the texts")]
    }

    fn system_tools(&self, _: &Env, _: Platforms) -> Result<SystemTools, Report> {
        Ok(SystemTools::default())
    }
}
