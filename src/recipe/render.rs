//! Renders one recipe for each combination of variants.

use std::collections::{BTreeMap, HashSet};

use miette::{Diagnostic, Report};
use rattler_build_jinja::Variable;
use rattler_build_recipe::stage0::Recipe as Stage0;
use rattler_build_recipe::stage1;
use rattler_build_recipe::stage1::{Dependency, HashInfo};
use rattler_build_recipe::variant_render::{
    RenderConfig, RenderedVariant, render_recipe_with_variant_config,
};
use rattler_build_types::NormalizedKey;
use rattler_build_variant_config::VariantConfig;
use rattler_conda_types::{
    MatchSpec, NamelessMatchSpec, NoArchType, PackageName, PackageNameMatcher, RepodataRevision,
    Subdir, VersionWithSource,
};
use thiserror::Error;

use crate::backend::Platforms;
use crate::protocol::outputs::VariantValue;
use crate::protocol::spec::SourceSpec;
use crate::recipe::variants::{VariantSelection, show, to_wire};
use crate::recipe::{Drafted, Origin, Recipe};

/// A rendered recipe.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The recipe in rattler-build's type.
    pub recipe: stage1::Recipe,
    /// The keys that were used, with their values.
    pub variant: BTreeMap<NormalizedKey, Variable>,
    /// The input of the hash in the build string.
    pub hash: HashInfo,
    /// The build string.
    pub build_string: String,
    /// The variant that pixi receives and sends back. It is sufficient to render the
    /// recipe again.
    pub wire: BTreeMap<String, VariantValue>,
    /// The outputs of the same recipe that belong to this one, including itself, by name.
    pub siblings: BTreeMap<String, Sibling>,
    /// Packages that are built from source wherever the recipe names them.
    pub sources: BTreeMap<String, SourceSpec>,
}

/// An output of the same recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// Its name.
    pub name: PackageName,
    /// Its version.
    pub version: VersionWithSource,
    /// Its build string.
    pub build_string: String,
}

impl Rendered {
    /// An output of a recipe that the user wrote.
    pub(super) fn own(
        output: RenderedVariant,
        wire: BTreeMap<String, VariantValue>,
        siblings: BTreeMap<String, Sibling>,
        sources: BTreeMap<String, SourceSpec>,
    ) -> Self {
        Self {
            wire,
            siblings,
            sources,
            ..Self::from(output)
        }
    }

    /// The normalized name of the package.
    pub fn name(&self) -> &str {
        self.recipe.package().name().as_normalized()
    }

    /// The version, without normalization.
    pub fn version(&self) -> &VersionWithSource {
        self.recipe.package().version()
    }

    /// `<name>-<version>-<build>`, as in the name of an archive.
    pub fn identifier(&self) -> String {
        format!("{}-{}-{}", self.name(), self.version(), self.build_string)
    }

    /// Whether the package is for one platform or for all of them.
    pub fn noarch(&self) -> NoArchType {
        self.recipe.build().noarch.unwrap_or_default()
    }

    /// The subdir of the package in a channel, when it is built for `host`.
    pub fn subdir(&self, host: Subdir) -> Subdir {
        if self.noarch().is_none() {
            host
        } else {
            Subdir::NoArch
        }
    }

    /// The path of `site-packages`, if this package is a Python interpreter.
    pub fn site_packages_path(&self) -> Option<String> {
        self.recipe.build().python.site_packages_path.clone()
    }

    /// The build number.
    pub fn build_number(&self) -> u64 {
        self.recipe.build().number.unwrap_or(0)
    }

    /// The dependency with the version of its variant, if it has no version of its own;
    /// otherwise `None`.
    ///
    /// # Errors
    /// A variant whose value is not a version spec.
    pub fn pinned_by_variant(&self, spec: &MatchSpec) -> Result<Option<MatchSpec>, Report> {
        let PackageNameMatcher::Exact(name) = &spec.name else {
            return Ok(None);
        };
        // A variant sets the version only if all selectors except extras and flags are
        // empty.
        let mut bare = MatchSpec::from(name.clone());
        bare.extras.clone_from(&spec.extras);
        bare.flags.clone_from(&spec.flags);
        if *spec != bare {
            return Ok(None);
        }
        let Some(value) = self.variant.get(&NormalizedKey::from(name.as_normalized())) else {
            return Ok(None);
        };
        let mut text = value.to_string();
        if text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.') {
            text.insert(0, '=');
        }
        let pinned: NamelessMatchSpec = text.parse().map_err(|_| BadVariant {
            key: name.as_normalized().to_string(),
            value: value.to_string(),
        })?;
        let mut pinned = MatchSpec::from_nameless(pinned, spec.name.clone());
        pinned.extras = pinned.extras.or(bare.extras);
        pinned.flags = pinned.flags.or(bare.flags);
        Ok(Some(pinned))
    }

    /// The match spec of a dependency that rattler-build resolves itself: pins to outputs
    /// of this recipe become ranges, other pins stay unresolved (`None`).
    ///
    /// # Errors
    /// A pin to an output that does not exist, or that cannot be applied to its version.
    pub fn resolved(&self, dependency: &Dependency) -> Result<Option<MatchSpec>, Report> {
        match dependency {
            Dependency::Spec(spec) => Ok(Some(spec.as_ref().clone())),
            Dependency::PinCompatible(_) => Ok(None),
            Dependency::PinSubpackage(pin) => {
                let pin = &pin.pin_subpackage;
                let name = pin.name.as_normalized();
                let (version, build_string) = match self.siblings.get(name) {
                    Some(sibling) => (&sibling.version, &sibling.build_string),
                    None if name == self.name() => (self.version(), &self.build_string),
                    None => return Err(UnknownPin(name.to_string()).into()),
                };
                let spec = pin.apply(version, build_string);
                let spec = spec.map_err(|source| {
                    miette::miette!("cannot pin `{name}` to its version {version}: {source}")
                })?;
                Ok(Some(spec))
            }
        }
    }
}

/// Renders `recipe` for every combination of the variants that it uses. Skipped
/// combinations are omitted, and combinations with the same result become one.
///
/// # Errors
/// Expressions and templates that cannot be evaluated, [`Ambiguous`] variants.
pub fn render(
    recipe: &Recipe,
    variants: &VariantConfig,
    choice: &VariantSelection,
    platforms: Platforms,
    system_variables: &HashSet<String>,
) -> Result<Vec<Rendered>, Report> {
    match &recipe.origin {
        Origin::Drafted(drafted) => render_drafted(drafted, variants, platforms),
        Origin::Own(own) => own.render(variants, choice, platforms, system_variables),
    }
}

fn render_drafted(
    recipe: &Drafted,
    variants: &VariantConfig,
    platforms: Platforms,
) -> Result<Vec<Rendered>, Report> {
    let config = RenderConfig {
        build_string_prefix: recipe.build_string_prefix.clone(),
        repodata_revision: RepodataRevision::V3,
        target_platform: platforms.host,
        host_platform: platforms.host,
        build_platform: platforms.build,
        ..Default::default()
    };
    let stage0 = Stage0::SingleOutput(Box::new(recipe.stage0.clone()));
    let found = render_recipe_with_variant_config(&stage0, variants, config).map_err(|source| {
        let failure = recipe
            .evaluated
            .first_failure(&recipe.manifest, variants, platforms);
        failure
            .or_else(|| BadLanguage::among(variants))
            .unwrap_or_else(|| NotRendered(source.to_string()).into())
    })?;
    let mut rendered: BTreeMap<_, (Rendered, Combination)> = BTreeMap::new();
    let mut order = Vec::new();
    for output in found {
        if output.recipe.build().skip {
            continue;
        }
        let combination = output.full_combination.clone();
        let output = Rendered::from(output);
        let variant = to_wire(&output.variant);
        match rendered.get(&variant) {
            None => {
                order.push(variant.clone());
                rendered.insert(variant, (output, combination));
            }
            Some((known, _)) if known.recipe == output.recipe => {}
            Some((known, first)) => return Err(Ambiguous::report(known, [first, &combination])),
        }
    }
    Ok(order
        .iter()
        .filter_map(|variant| rendered.remove(variant))
        .map(|(rendered, _)| rendered)
        .collect())
}

/// Every key with its value, whether the recipe uses it or not.
type Combination = BTreeMap<NormalizedKey, Variable>;

impl From<RenderedVariant> for Rendered {
    fn from(output: RenderedVariant) -> Self {
        let RenderedVariant {
            variant,
            recipe,
            hash_info,
            full_combination: _,
            experimental: _,
            pin_subpackages: _,
        } = output;
        let build_string = recipe.build().string.as_resolved();
        Self {
            build_string: build_string
                .expect("rendering resolves the build string")
                .to_string(),
            hash: hash_info.expect("a default build string is made from the hash"),
            wire: to_wire(&variant),
            siblings: BTreeMap::new(),
            sources: BTreeMap::new(),
            recipe,
            variant,
        }
    }
}

/// A pin to a package that the recipe does not have. The engine, which knows the recipe,
/// adds the place.
#[derive(Debug, Error, Diagnostic)]
#[error("`pin_subpackage` names `{0}`, which is not an output of this recipe")]
#[diagnostic(code(recipe::no_such_output))]
pub struct UnknownPin(pub String);

/// The recipe cannot be evaluated.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot evaluate the dependencies: {0}")]
#[diagnostic(code(recipe::not_rendered))]
struct NotRendered(String);

/// A language whose version is part of the build string has a range instead of a version.
#[derive(Debug, Error, Diagnostic)]
#[error("the variant `{key}` has the value `{value}`, which cannot be part of a build string")]
#[diagnostic(
    code(variants::bad_language),
    help("give one version, such as `3.12` or `3.12.* *_cpython`, for each variant")
)]
struct BadLanguage {
    key: String,
    value: String,
}

impl BadLanguage {
    const KEYS: [&str; 6] = ["numpy", "python", "perl", "lua", "r", "r_base"];

    fn among(variants: &VariantConfig) -> Option<Report> {
        let bad = |value: &&Variable| {
            let text = value.to_string();
            let version = text.split_whitespace().next().unwrap_or_default();
            !version
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._+*".contains(c))
        };
        Self::KEYS.into_iter().find_map(|key| {
            let value = variants.get(&key.into())?.iter().find(bad)?;
            let (key, value) = (key.to_string(), value.to_string());
            Some(Self { key, value }.into())
        })
    }
}

/// Two packages that pixi cannot distinguish.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "the variants of `{name}` are ambiguous: {candidates} differ, but have the same variant {variant}"
)]
#[diagnostic(
    code(variants::ambiguous),
    help("drop all but one of them from the build variants")
)]
struct Ambiguous {
    name: String,
    candidates: String,
    variant: String,
}

impl Ambiguous {
    fn report(known: &Rendered, combinations: [&Combination; 2]) -> Report {
        let candidates: Vec<String> = combinations
            .iter()
            .map(|combination| format!("({})", show(&to_wire(combination))))
            .collect();
        Self {
            name: known.name().to_string(),
            candidates: candidates.join(" and "),
            variant: format!("({})", show(&to_wire(&known.variant))),
        }
        .into()
    }
}

/// A variant cannot set the version of the dependency with its name.
#[derive(Debug, Error, Diagnostic)]
#[error("the variant `{key}` has the value `{value}`, which is not a version spec")]
#[diagnostic(
    code(variants::bad_value),
    help("the variant has the name of a dependency: write a version, such as `1.2` or `>=1.2,<2`")
)]
struct BadVariant {
    key: String,
    value: String,
}
