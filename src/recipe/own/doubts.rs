//! Warnings about parts of a recipe that are probably not intended: unknown names in
//! scripts, and templates that read values that pixi cannot watch.

use std::collections::BTreeSet;

use rattler_build_recipe::stage0::Recipe as Stage0;
use rattler_build_recipe::stage1::build::BuildPlan;
use rattler_build_script::{Script, ScriptContent};
use rattler_build_types::NormalizedKey;
use rattler_build_variant_config::VariantConfig;

use super::Own;
use crate::diagnostic::{Warning, list};
use crate::recipe::render::Rendered;
use crate::recipe::variants::VariantSelection;

/// Names that all templates can use. Names in upper case are environment variables and are not
/// in this list.
pub(super) const KNOWN: [&str; 27] = [
    "target_platform",
    "build_platform",
    "host_platform",
    "unix",
    "linux",
    "osx",
    "win",
    "emscripten",
    "wasi",
    "freebsd",
    "zos",
    "x86",
    "x86_64",
    "aarch64",
    "arm64",
    "armv6l",
    "armv7l",
    "ppc64",
    "ppc64le",
    "s390x",
    "riscv32",
    "riscv64",
    "wasm32",
    "noarch",
    "true",
    "false",
    "none",
];

/// Functions that read something outside of the recipe, with a description of it.
const WORLD: [(&str, &str); 3] = [
    ("env.get(", "variables of the environment"),
    ("git.", "repositories"),
    ("now(", "the clock"),
];

impl Own {
    /// Warnings about `outputs`.
    pub fn doubts(
        &self,
        outputs: &[Rendered],
        variants: &VariantConfig,
        choice: &VariantSelection,
    ) -> Vec<Warning> {
        let mut warnings: Vec<Warning> = self.unknown_names(outputs).collect();
        warnings.extend(self.world());
        warnings.extend(self.open_conditions(variants, choice));
        warnings.extend(self.subtractions());
        warnings.extend(unnamed_stagings(outputs));
        warnings.extend(self.unused_script(outputs));
        if variants.get(&"channel_sources".into()).is_some() {
            warnings.push(
                Warning::new("`channel_sources` in a variant file has no effect")
                    .help("write the channels into `[workspace]` of pixi.toml"),
            );
        }
        warnings
    }

    /// rattler-build renders an unknown name in a script as an empty text.
    fn unknown_names(&self, outputs: &[Rendered]) -> impl Iterator<Item = Warning> {
        let mut found = BTreeSet::new();
        for output in outputs {
            let recipe = &output.recipe;
            let is_known = |name: &str| {
                let key = NormalizedKey::from(name);
                name.chars().all(|c| !c.is_lowercase())
                    || KNOWN.contains(&name)
                    || recipe.context.contains_key(name)
                    || output.variant.contains_key(&key)
            };
            let stagings = recipe.staging_caches.iter();
            let plans = stagings.map(|staging| &staging.build.plan);
            for plan in plans.chain([&recipe.build.plan]) {
                let unknown = texts(plan).into_iter().flat_map(|text| {
                    let names = names(&text).filter(|name| !is_known(name));
                    names.map(str::to_owned).collect::<Vec<_>>()
                });
                found.extend(unknown);
            }
        }
        found.into_iter().map(|name| {
            let place = place_of_template(self.text.as_str(), &name).map(|start| {
                let before = &self.text.as_str()[..start];
                format!(", line {},", before.matches('\n').count() + 1)
            });
            let message = format!(
                "`{name}` in a script of the recipe{} is not defined",
                place.unwrap_or_default()
            );
            Warning::new(message).help("add it to `context`, or give it a value as a build variant")
        })
    }

    /// A platform in a condition without quotation marks: `linux-aarch64` subtracts two values.
    fn subtractions(&self) -> Option<Warning> {
        let mut lines = self.text.as_str().lines().enumerate();
        let mut in_list = false;
        let (number, platform) = lines.find_map(|(number, line)| {
            let line = line.trim();
            let item = line.strip_prefix("- ");
            let line = item.unwrap_or(line);
            let mut keys = ["if:", "skip:"].into_iter();
            let condition = match keys.find_map(|key| line.strip_prefix(key)) {
                Some(condition) => {
                    in_list = line == "skip:";
                    condition
                }
                None => {
                    in_list &= item.is_some();
                    item.filter(|_| in_list)?
                }
            };
            let plain = unquoted(condition);
            let words = plain.split(|c: char| !c.is_alphanumeric() && !"-_".contains(c));
            let mut platforms = words.filter(|word| is_platform(word));
            let platform = platforms.next()?;
            Some((number + 1, platform.to_string()))
        })?;
        let (system, machine) = platform.split_once('-')?;
        let machine = if machine == "64" { "x86_64" } else { machine };
        let message = format!(
            "`{platform}` in the condition of the recipe, line {number}, is a subtraction and not a \
             platform"
        );
        let help = format!(
            "write `{system} and {machine}`, or compare: `target_platform == \"{platform}\"`"
        );
        Some(Warning::new(message).help(help))
    }

    /// `build.sh` is only used by recipes with one package.
    fn unused_script(&self, outputs: &[Rendered]) -> Option<Warning> {
        let Stage0::MultiOutput(_) = &self.stage0 else {
            return None;
        };
        let folder = self.text.path().parent()?;
        let mut files = ["build.sh", "build.bat"].into_iter();
        let file = files.find(|name| folder.join(name).is_file())?;
        // An output that names the file uses it, so that the others have no script on purpose.
        if self.text.as_str().contains(file) {
            return None;
        }
        let without = outputs.iter().filter(|output| {
            let recipe = &output.recipe;
            let is_empty = |plan: &BuildPlan| match plan {
                BuildPlan::Script(script) => script.content.is_default() || is_bare(script),
                BuildPlan::Steps(_) => false,
            };
            recipe.staging_caches.is_empty() && is_empty(&recipe.build.plan)
        });
        let without: BTreeSet<&str> = without.map(Rendered::name).collect();
        if without.is_empty() {
            return None;
        }
        let message = format!(
            "{} has no script: `{file}` is only used when a recipe has one package",
            list(without)
        );
        let help = format!("write `script: {file}` into the `build` of the output");
        Some(Warning::new(message).help(help))
    }

    /// Warns about values that pixi cannot watch: it requests a description again when a file is
    /// modified, but not when such a value changes.
    fn world(&self) -> Option<Warning> {
        let text = self.text.as_str();
        let templates = text.match_indices("${{").filter_map(|(at, _)| {
            let rest = &text[at..];
            Some(&rest[..rest.find("}}")?])
        });
        let templates: Vec<&str> = templates.collect();
        let read = WORLD.iter().filter(|(call, _)| {
            let mut found = templates.iter().flat_map(|template| {
                let places = template.match_indices(call);
                places.map(|(at, _)| template[..at].chars().next_back())
            });
            found.any(|before| before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.'))
        });
        let read: Vec<&str> = read.map(|(_, what)| *what).collect();
        if read.is_empty() {
            return None;
        }
        let message = format!(
            "the recipe reads {}, and pixi does not notice when that changes",
            read.join(" and ")
        );
        let help = "pixi evaluates the recipe again only when a file of the package changes";
        Some(Warning::new(message).help(help))
    }
}

/// The script of a staging output belongs to no package, so it has no variables about one.
fn unnamed_stagings(outputs: &[Rendered]) -> Option<Warning> {
    const OF_PACKAGES: [&str; 3] = ["PKG_NAME", "PKG_VERSION", "PKG_BUILDNUM"];
    let stagings = outputs
        .iter()
        .flat_map(|output| &output.recipe.staging_caches);
    let (staging, variable) = stagings.into_iter().find_map(|staging| {
        let texts = texts(&staging.build.plan);
        let used = |variable: &&str| texts.iter().any(|text| text.contains(*variable));
        Some((&staging.name, OF_PACKAGES.into_iter().find(used)?))
    })?;
    let message = format!(
        "`{variable}` is empty in the script of the staging output `{staging}`, which is not a package"
    );
    let help = "use a value of `context`, such as `${{ version }}`, or `env` of the script";
    Some(Warning::new(message).help(help))
}

/// `condition` without the texts in quotation marks and without a comment. A value of YAML that
/// is quoted as a whole is a condition all the same.
fn unquoted(condition: &str) -> String {
    let condition = condition.trim();
    let whole = ['"', '\''].into_iter().find_map(|mark| {
        let inner = condition.strip_prefix(mark)?.strip_suffix(mark)?;
        (!inner.contains(mark)).then_some(inner)
    });
    let condition = whole.unwrap_or(condition);
    let mut plain = String::new();
    let mut open = None;
    for character in condition.chars() {
        match open {
            Some(mark) if character == mark => open = None,
            Some(_) => {}
            None if character == '#' => break,
            None if character == '"' || character == '\'' => open = Some(character),
            None => plain.push(character),
        }
    }
    plain
}

/// Whether a word is written like a platform of conda.
fn is_platform(word: &str) -> bool {
    const SYSTEMS: [&str; 4] = ["linux", "osx", "win", "emscripten"];
    const MACHINES: [&str; 9] = [
        "64", "32", "aarch64", "arm64", "armv7l", "ppc64le", "s390x", "riscv64", "wasm32",
    ];
    let parts = word.split_once('-');
    parts.is_some_and(|(system, machine)| SYSTEMS.contains(&system) && MACHINES.contains(&machine))
}

/// The texts of a plan that contain templates.
fn texts(plan: &BuildPlan) -> Vec<String> {
    match plan {
        BuildPlan::Script(script) => texts_of(script),
        BuildPlan::Steps(steps) => steps
            .iter()
            .flat_map(|step| texts_of(&step.to_script()))
            .collect(),
    }
}

fn texts_of(script: &Script) -> Vec<String> {
    match &script.content {
        ScriptContent::Command(text) | ScriptContent::CommandOrPath(text) => vec![text.clone()],
        ScriptContent::Commands(commands) => commands.clone(),
        ScriptContent::Default | ScriptContent::Path(_) => Vec::new(),
    }
}

fn is_bare(script: &Script) -> bool {
    matches!(&script.content, ScriptContent::Commands(commands) if commands.is_empty())
}

/// The start of the template in `text` that consists of `name`.
fn place_of_template(text: &str, name: &str) -> Option<usize> {
    let mut templates = text.match_indices("${{");
    let found = templates.find(|(at, open)| {
        let rest = text[at + open.len()..].trim_start();
        let rest = rest.strip_prefix(name).map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with("}}"))
    });
    found.map(|(at, _)| at)
}

/// The templates in `text` that consist of one name.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let templates = text.match_indices("${{").filter_map(|(at, open)| {
        let rest = &text[at + open.len()..];
        Some(rest[..rest.find("}}")?].trim())
    });
    templates.filter(|name| {
        let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        starts && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_told_from_texts() {
        assert_eq!(
            unquoted(" not linux-aarch64 # win-64"),
            "not linux-aarch64 "
        );
        assert_eq!(unquoted("\"not linux-aarch64\""), "not linux-aarch64");
        assert_eq!(
            unquoted("target_platform == 'linux-64' or win"),
            "target_platform ==  or win"
        );
        assert!(is_platform("linux-aarch64"));
        assert!(!is_platform("linux-gnu"));
        assert!(!is_platform("target-64"));
    }

    #[test]
    fn only_bare_names_are_looked_up() {
        let text = "a ${{ one }} ${{two}} ${{ three | default('') }} ${{ f('x') }} ${{ a.b }} ${{";
        assert_eq!(names(text).collect::<Vec<_>>(), ["one", "two"]);
    }
}
