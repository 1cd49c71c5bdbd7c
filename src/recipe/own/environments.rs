//! The two environments of an output, as pixi solves them.
//!
//! pixi has one build and one host environment for each output. An output that inherits
//! from a staging output needs its own requirements and those of the staging output. An
//! output that merges its environments needs all requirements in the host environment.

use rattler_build_recipe::Stage1Recipe;
use rattler_build_recipe::stage1::Dependency;
use rattler_conda_types::PackageName;

/// The requirements for building an output.
#[derive(Debug, Default)]
pub struct Environments {
    /// Requirements of the build environment.
    pub build: Vec<Dependency>,
    /// Requirements of the host environment.
    pub host: Vec<Dependency>,
    /// Exported names that are not applied.
    pub ignored_names: Vec<PackageName>,
    /// Packages whose run exports are not applied.
    pub ignored_packages: Vec<PackageName>,
}

impl Environments {
    /// The environments of `recipe`.
    pub fn of(recipe: &Stage1Recipe) -> Self {
        let own = recipe.requirements();
        let mut environments = Self {
            ignored_names: own.ignore_run_exports.by_name.clone(),
            ignored_packages: own.ignore_run_exports.from_package.clone(),
            ..Self::default()
        };
        for staging in &recipe.staging_caches {
            let needs = &staging.requirements;
            add(&mut environments.build, &needs.build);
            add(&mut environments.host, &needs.host);
            let ignored = &needs.ignore_run_exports;
            add(&mut environments.ignored_names, &ignored.by_name);
            add(&mut environments.ignored_packages, &ignored.from_package);
        }
        let inherits = recipe.inherits_from.as_ref();
        if inherits.is_some_and(|inherits| !inherits.inherit_run_exports) {
            environments.ignore_staging(&own.build, &own.host);
        }
        add(&mut environments.build, &own.build);
        add(&mut environments.host, &own.host);
        if recipe.build().merge_build_and_host_envs {
            environments.merge();
        }
        if recipe.build().python.version_independent {
            let interpreter = PackageName::new_unchecked("python");
            add(
                &mut environments.ignored_names,
                std::slice::from_ref(&interpreter),
            );
            add(&mut environments.ignored_packages, &[interpreter]);
        }
        environments
    }

    /// Ignores the run exports of packages that only the staging output requires.
    fn ignore_staging(&mut self, build: &[Dependency], host: &[Dependency]) {
        let own = build.iter().chain(host).filter_map(Dependency::name);
        let own: Vec<&PackageName> = own.collect();
        let staged = self
            .build
            .iter()
            .chain(&self.host)
            .filter_map(Dependency::name);
        let only: Vec<PackageName> = staged.filter(|name| !own.contains(name)).cloned().collect();
        add(&mut self.ignored_packages, &only);
    }

    /// Moves all requirements into the host environment. Only the run exports of packages
    /// that were there before are applied.
    fn merge(&mut self) {
        let hosted: Vec<&PackageName> = self.host.iter().filter_map(Dependency::name).collect();
        let names = self.build.iter().filter_map(Dependency::name);
        let only: Vec<PackageName> = names
            .filter(|name| !hosted.contains(name))
            .cloned()
            .collect();
        add(&mut self.ignored_packages, &only);
        let build = std::mem::take(&mut self.build);
        add(&mut self.host, &build);
    }
}

/// Adds the elements that are not in the list yet.
fn add<T: Clone + PartialEq>(list: &mut Vec<T>, more: &[T]) {
    for item in more {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
}
