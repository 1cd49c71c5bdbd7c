//! Which files decide the metadata and the package.
//!
//! Before a build nothing better is known than patterns over the crates on this
//! disk. After it, Cargo has written down what was read, and exactly that counts,
//! together with what decides how it is read: manifests, lock file, configuration.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::Report;
use toml_edit::DocumentMut;

use super::Config;
use super::closure::{self, Local};
use super::config::InputTracking;
use super::licenses;
use super::manifest::Crate;
use super::script::TARGET_DIR;
use super::shared::Shared;
use super::surroundings::Surroundings;
use super::traces::Traces;
use super::{debug_info, stale, user_globs};
use crate::backend::{Built, GlobSet, Inputs, Request};

/// What the backend looks at to find the inputs of a crate.
pub(super) struct View<'a> {
    pub(super) request: &'a Request<'a, Config>,
    /// The folder of the crate.
    pub(super) root: PathBuf,
    /// The folder of the Cargo workspace.
    pub(super) workspace: PathBuf,
    license_files: Vec<PathBuf>,
    licenses_are_named: bool,
    /// The name Cargo knows the crate by.
    pub(super) package: String,
    /// A fingerprint of the variables that Cargo does not know to matter.
    pub(super) variables: Option<String>,
    /// What builds of the workspace have in common.
    pub(super) shared: Option<Shared>,
    pub(super) surroundings: Surroundings,
    /// The crates on this disk, by folder.
    pub(super) closure: BTreeMap<PathBuf, Local>,
}

/// What is known before the build.
pub(super) fn drafted(view: &View<'_>, cargo: &Crate) -> Inputs {
    Inputs {
        metadata: inheritance(view.request, cargo),
        build: view.patterns(),
    }
}

/// What is known after the build, when that was asked for.
///
/// # Errors
/// Why the traces of the build cannot be read.
pub(super) fn built(view: &View<'_>, built: &Built) -> Result<Option<Vec<GlobSet>>, Report> {
    let traces = Traces::read(view, built);
    if let Ok(traces) = &traces {
        stale::remember(view, built, traces.paths());
    }
    if view.request.config.input_tracking == InputTracking::Globs {
        return Ok(None);
    }
    let traces = traces?;
    let mut sets = view.around(traces.used().collect());
    sets.extend(traces.inputs());
    Ok(Some(sets))
}

/// The manifests that the crate's values come from. One that is not there counts
/// where it would come between the crate and its workspace.
fn inheritance(request: &Request<'_, Config>, cargo: &Crate) -> Vec<GlobSet> {
    let own = cargo.folder();
    let workspace = cargo.workspace_root();
    let manifest = own.join("Cargo.toml");
    // A virtual workspace says which of its members is the package.
    let chooses = workspace == request.project.source && workspace != own;
    if request.config.ignore_cargo_manifest && !chooses {
        return Vec::new();
    }
    let inherits = closure::read(&manifest)
        .and_then(|manifest| manifest.get("package").map(closure::inherits))
        .unwrap_or(false);
    let mut manifests = vec![manifest];
    if chooses || (inherits && workspace != own) {
        let between = between(own, workspace);
        manifests.extend(between.map(|folder| folder.join("Cargo.toml")));
    }
    let reason = "the metadata of the package";
    let set = |manifest: &PathBuf| GlobSet::file(manifest, reason);
    manifests.iter().filter_map(set).collect()
}

/// The folders above `folder`, up to `top`; `top` alone when it is elsewhere.
fn between<'a>(folder: &'a Path, top: &'a Path) -> impl Iterator<Item = &'a Path> {
    let above = folder.ancestors().skip(1);
    let on_the_way = above.take_while(move |above| above.starts_with(top) && *above != top);
    on_the_way.chain([top])
}

impl<'a> View<'a> {
    /// Reads the manifests and what is around them.
    pub(super) fn of(request: &'a Request<'a, Config>, cargo: &Crate) -> Self {
        let root = cargo.folder();
        let workspace = cargo.workspace_root();
        let surroundings = Surroundings::of(request, root, workspace);
        // A mistake in the manifest was reported before the build.
        let ignored = request.config.ignore_cargo_manifest;
        let found = (!ignored).then(|| cargo.metadata(&mut Vec::new()));
        let found = found.and_then(Result::ok).unwrap_or_default();
        let named = request.project.metadata().or(found).license_files;
        // Cargo refuses any other name, and files are called after this one before it does.
        let is_name = |sign: char| sign.is_alphanumeric() || "-_".contains(sign);
        let package = cargo
            .package_name()
            .filter(|name| name.chars().all(is_name));
        let variables = stale::variables(request.config, &surroundings);
        Self {
            request,
            package: package.unwrap_or_default().to_string(),
            shared: Shared::new(request, variables.as_deref()),
            variables,
            closure: closure::closure(root, &surroundings.overrides()),
            root: root.to_path_buf(),
            workspace: workspace.to_path_buf(),
            licenses_are_named: !named.is_empty(),
            license_files: if named.is_empty() {
                cargo.license_files(&mut Vec::new())
            } else {
                named
            },
            surroundings,
        }
    }

    /// Whether a program may hold an absolute path of a crate on this disk: debug
    /// information does, and rustc is given one for crates outside the Cargo workspace and
    /// for files that a build script makes.
    pub(super) fn knows_its_path(&self) -> bool {
        let mut crates = self.closure.iter();
        crates
            .any(|(folder, local)| !folder.starts_with(&self.workspace) || local.has_build_script())
            || debug_info::is_asked_for(self)
    }

    /// Whether Cargo, asked in the folder of the crate, means other members than that.
    pub(super) fn has_default_members(&self) -> bool {
        let manifest = self.workspace_manifest();
        let workspace = manifest.as_ref().and_then(|it| it.get("workspace"));
        self.root == self.workspace
            && workspace.is_some_and(|workspace| workspace.get("default-members").is_some())
    }

    /// The manifest at the root of the Cargo workspace.
    pub(super) fn workspace_manifest(&self) -> Option<DocumentMut> {
        closure::read(&self.workspace.join("Cargo.toml"))
    }

    /// Folders in which Cargo keeps what it compiles for pixi, final or not.
    pub(super) fn artefacts(&self, built: &Built) -> Vec<PathBuf> {
        let mut folders = self.own_artefacts(built);
        let chosen = self.request.config.env.get("CARGO_BUILD_BUILD_DIR");
        // Cargo takes it from the folder that it runs in.
        folders.extend(chosen.map(|folder| built.script_folder.join(folder)));
        folders
    }

    /// Those of them that nobody else uses.
    pub(super) fn own_artefacts(&self, built: &Built) -> Vec<PathBuf> {
        let mut folders = vec![built.script_folder.join(TARGET_DIR)];
        folders.extend(self.shared.as_ref().map(Shared::build_dir));
        folders
    }

    /// Patterns that cover whatever the crate could be made from.
    fn patterns(&self) -> Vec<GlobSet> {
        let mut sets = self.around(self.closure.values().collect());
        for local in self.closure.values() {
            let folders = self.surroundings.target_dirs(self.request);
            sets.extend(patterns_of(local, self.installs_examples(), &folders));
        }
        sets
    }

    /// Whether examples are packed.
    fn installs_examples(&self) -> bool {
        let mut arguments = self.request.config.extra_args.iter();
        arguments.any(|argument| argument.starts_with("--example"))
    }

    /// Everything but sources, for the crates in `locals`.
    fn around(&self, locals: Vec<&Local>) -> Vec<GlobSet> {
        let mut sets = self.manifests(&locals);
        sets.extend(self.surroundings.inputs());
        sets.extend(self.licenses());
        sets.extend(self.pixi_manifests());
        let extra = &self.request.config.extra_input_globs;
        sets.extend(user_globs::sets(extra, &self.request.project.source));
        sets
    }

    fn manifests(&self, locals: &[&Local]) -> Vec<GlobSet> {
        let mut sets = Vec::new();
        for local in locals {
            let reason = format!("manifest of {}", local.name().unwrap_or("a crate"));
            sets.extend(GlobSet::file(&local.root.join("Cargo.toml"), &reason));
            let inherited = local.inherits.as_deref();
            sets.extend(inherited.and_then(|manifest| GlobSet::file(manifest, &reason)));
            let script = local.build_script();
            let reason = "a build script, present or to come";
            sets.extend(script.and_then(|script| GlobSet::file(&script, reason)));
        }
        let alone = self.workspace == self.root;
        let own = self.root.join("Cargo.toml");
        let is_workspace = closure::read(&own).is_some_and(|own| own.contains_key("workspace"));
        // A manifest further down than the workspace's would take its place.
        let tops = match (alone, is_workspace) {
            (true, true) => Vec::new(),
            (true, false) => self.surroundings.folders().skip(1).collect(),
            (false, _) => between(&self.root, &self.workspace).collect::<Vec<_>>(),
        };
        for folder in tops {
            let manifest = folder.join("Cargo.toml");
            sets.extend(GlobSet::file(&manifest, "the Cargo workspace"));
        }
        let lock = self.workspace.join("Cargo.lock");
        sets.extend(GlobSet::file(&lock, "versions of dependencies"));
        sets
    }

    /// The licence texts that are packed, and those that would be if they were there.
    fn licenses(&self) -> Vec<GlobSet> {
        let reason = "a packed licence";
        let files = self.license_files.iter();
        let mut sets: Vec<GlobSet> = files
            .filter_map(|file| GlobSet::file(file, reason))
            .collect();
        if self.licenses_are_named {
            return sets;
        }
        let discovered = |folder: &Path| {
            let here = GlobSet::names(folder, licenses::patterns(), reason);
            let reuse = folder.join(licenses::REUSE);
            let below = reuse
                .is_dir()
                .then(|| GlobSet::names(&reuse, ["*"], reason));
            let sets = std::iter::once(here).chain(below);
            sets.map(GlobSet::without_leftovers).collect::<Vec<_>>()
        };
        sets.extend(discovered(&self.root));
        let reuse = self.root.join(licenses::REUSE);
        let own = |file: &PathBuf| {
            let folder = file.parent();
            folder == Some(&self.root) || folder == Some(&reuse)
        };
        if self.workspace != self.root && !self.license_files.iter().any(own) {
            sets.extend(discovered(&self.workspace));
        }
        sets
    }

    /// The package's manifest, and the workspace's where the package refers to it.
    fn pixi_manifests(&self) -> Vec<GlobSet> {
        let path = self.request.project.manifest.path();
        let mut sets: Vec<GlobSet> = GlobSet::file(path, "the package's manifest")
            .into_iter()
            .collect();
        let manifest = closure::read(path);
        let package = manifest.as_ref().and_then(|manifest| {
            let pixi = manifest.get("tool").and_then(|tool| tool.get("pixi"));
            manifest
                .get("package")
                .or_else(|| pixi.and_then(|pixi| pixi.get("package")))
        });
        if package.is_some_and(closure::inherits)
            && let Some(workspace) = &self.request.folders.workspace
        {
            let names = ["pixi.toml", "pyproject.toml"];
            sets.push(GlobSet::names(workspace, names, "the pixi workspace"));
        }
        sets
    }
}

/// Patterns over one crate, for when it is not known what was read.
fn patterns_of(local: &Local, with_examples: bool, target_dirs: &[PathBuf]) -> Vec<GlobSet> {
    let reason = format!("anything of {}", local.name().unwrap_or("the crate"));
    let targets = target_dirs.iter().map(PathBuf::as_path);
    if local.has_build_script() {
        // A build script may read anything.
        let root = &local.root;
        let set = GlobSet::tree(root, ["**"], &reason);
        let examples = (!with_examples).then_some("examples");
        let unread = ["target", "tests", "benches"].into_iter().chain(examples);
        let unread: Vec<PathBuf> = unread.map(|name| root.join(name)).collect();
        let set = set.except(unread.iter().map(PathBuf::as_path));
        return vec![set.except(targets).without_leftovers()];
    }
    let source = local.root.join("src");
    let set = GlobSet::tree(&source, ["**"], &reason);
    let mut sets = vec![
        GlobSet::names(&local.root, ["*.rs"], &reason),
        set.except(targets).without_leftovers(),
    ];
    if with_examples {
        let examples = local.root.join("examples");
        sets.push(GlobSet::tree(&examples, ["**"], &reason).without_leftovers());
    }
    let targets = local.named_targets();
    let folders = targets.iter().filter_map(|target| target.parent());
    let elsewhere = folders.filter(|folder| !folder.starts_with(&source) && *folder != local.root);
    sets.extend(elsewhere.map(|folder| GlobSet::tree(folder, ["**/*.rs"], &reason)));
    sets
}
