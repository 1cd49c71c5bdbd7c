//! Values of the right type that still make no sense.

use std::collections::HashMap;
use std::path::Path;

use ignore::overrides::OverrideBuilder;

use super::super::arguments;
use super::super::names::{Flaw, is_identifier, normalized, of_file};
use super::{Config, Entry};
use crate::diagnostic::{Warning, list, nearest};
use crate::project::config::{Misfit, Part};

/// What is accepted but has no effect, or works on one machine only.
pub(super) fn warnings(config: &Config) -> Vec<Warning> {
    let needless = config
        .common
        .compilers
        .iter()
        .flatten()
        .any(|name| name == "mojo");
    let needless = needless.then(|| {
        Warning::new("`mojo` in `compilers` has no effect")
            .help("remove it; the package `mojo-compiler` is added anyway")
    });
    let absolute = kinds(config).flat_map(|kind| kind.entries.iter());
    let absolute = absolute.filter_map(|entry| entry.path.as_deref());
    let absolute = absolute.chain(config.import_paths.iter().map(String::as_str));
    let absolute = absolute.filter(|path| Path::new(path).is_absolute());
    let absolute = absolute.map(|path| {
        Warning::new(format!("`{path}` exists on one machine only"))
            .help("write a path that is relative to the source")
    });
    (config.common.warnings().into_iter())
        .chain(needless)
        .chain(absolute)
        .collect()
}

/// Everything that makes no sense.
pub(super) fn misfits(config: &Config) -> Vec<Misfit> {
    let mut misfits: Vec<Misfit> = kinds(config).flat_map(|kind| kind.misfits()).collect();
    misfits.extend(config.common.misfits());
    misfits.extend(defines(config));
    misfits.extend(tests(config));
    misfits.extend(import_paths(config));
    let cpu = config.target_cpu.as_deref();
    let cpu = cpu.filter(|cpu| cpu.is_empty() || cpu.contains(|c: char| c.is_whitespace()));
    misfits.extend(cpu.map(|cpu| Misfit {
        keys: keys(&["target-cpu"]),
        part: Part::Value,
        message: format!("`{cpu}` is not the name of a processor"),
        help: "write `baseline`, `native` or a name such as `x86-64-v3`".to_string(),
    }));
    misfits
}

/// An option with things to build.
struct Kind<'a> {
    option: &'static str,
    entries: &'a [Entry],
    /// Whether the entries stand in an array.
    is_list: bool,
    /// Whether the first entry has a name and a path that need not be written.
    has_defaults: bool,
    is_library: bool,
    /// Whether somebody imports it by its name.
    is_imported: bool,
}

fn kinds(config: &Config) -> impl Iterator<Item = Kind<'_>> {
    let kind = |option, entries| Kind {
        option,
        entries,
        is_list: true,
        has_defaults: false,
        is_library: false,
        is_imported: false,
    };
    let library = |option, entries| Kind {
        is_library: true,
        is_imported: true,
        ..kind(option, entries)
    };
    [
        Kind {
            has_defaults: true,
            ..kind("bins", config.bins.as_deref().unwrap_or_default())
        },
        Kind {
            is_list: false,
            has_defaults: true,
            ..library("pkg", config.pkg.as_slice())
        },
        library("pkgs", &config.pkgs),
        kind("libs", &config.libs),
        Kind {
            is_imported: true,
            ..kind("python-modules", &config.python_modules)
        },
    ]
    .into_iter()
}

impl Kind<'_> {
    fn misfits(&self) -> Vec<Misfit> {
        let each = self.entries.iter().enumerate();
        let mut misfits: Vec<Misfit> = each
            .flat_map(|(index, entry)| self.of_entry(index, entry))
            .collect();
        misfits.extend(self.doubles());
        misfits
    }

    fn of_entry(&self, index: usize, entry: &Entry) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        misfits.extend(entry.unknown.keys().map(|key| self.unknown(index, key)));
        if entry.format.is_some() && !self.is_library {
            misfits.push(self.unknown(index, "format"));
        }
        misfits.extend(self.missing(index, entry));
        let name = entry.name.as_deref();
        misfits.extend(name.and_then(|name| self.name(index, name)));
        if let Some(path) = &entry.path
            && (path.is_empty() || path.contains('\0'))
        {
            misfits.push(self.misfit(
                index,
                "path",
                format!("{path:?} is not a path"),
                "write a path that is relative to the source".to_string(),
            ));
        }
        let flaw = arguments::flaw(&entry.extra_args, self.is_library);
        misfits.extend(
            flaw.map(|Flaw { message, help }| self.misfit(index, "extra-args", message, help)),
        );
        misfits
    }

    /// A name or a path that nobody can guess.
    fn missing(&self, index: usize, entry: &Entry) -> Vec<Misfit> {
        if self.has_defaults && index == 0 {
            return Vec::new();
        }
        let named = entry.name.as_deref();
        let of = named.map_or(String::new(), |name| format!(" `{name}`"));
        let lacks = |key: &str| Misfit {
            keys: keys(&[self.option, &index.to_string()]),
            part: Part::Value,
            message: format!(
                "entry {} of `{}`{of} has no `{key}`",
                index + 1,
                self.option
            ),
            help: match self.has_defaults {
                true => format!("only the first entry can do without: add a `{key}`"),
                false => format!("add a `{key}`"),
            },
        };
        let name = named.is_none().then(|| lacks("name"));
        let path = entry.path.is_none().then(|| lacks("path"));
        name.into_iter().chain(path).collect()
    }

    fn name(&self, index: usize, name: &str) -> Option<Misfit> {
        let flaw = match self.is_imported {
            true if !is_identifier(name) => Some(Flaw {
                message: format!("`{name}` is not a name that can be imported"),
                help: match is_identifier(&normalized(name)) {
                    true => format!("write `{}`", normalized(name)),
                    false => "use letters, digits and `_`, and no digit at the start".to_string(),
                },
            }),
            true => None,
            false => of_file(name),
        }?;
        Some(self.misfit(index, "name", flaw.message, flaw.help))
    }

    fn doubles(&self) -> Vec<Misfit> {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut misfits = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            let Some(name) = entry.name.as_deref() else {
                continue;
            };
            if let Some(first) = seen.get(name) {
                misfits.push(self.misfit(
                    index,
                    "name",
                    format!("two entries of `{}` are called `{name}`", self.option),
                    format!("entry {} has this name; choose another one", first + 1),
                ));
            }
            seen.entry(name).or_insert(index);
        }
        misfits
    }

    fn unknown(&self, index: usize, key: &str) -> Misfit {
        let known: &[&str] = match self.is_library {
            true => &["name", "path", "extra-args", "format"],
            false => &["name", "path", "extra-args"],
        };
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("an entry has {}", list(known.iter().copied())),
        };
        Misfit {
            part: Part::Key,
            ..self.misfit(
                index,
                key,
                format!("`{key}` is not an option of `{}`", self.option),
                help,
            )
        }
    }

    fn misfit(&self, index: usize, key: &str, message: String, help: String) -> Misfit {
        let index = index.to_string();
        Misfit {
            keys: match self.is_list {
                true => keys(&[self.option, &index, key]),
                false => keys(&[self.option, key]),
            },
            part: Part::Value,
            message,
            help,
        }
    }
}

fn defines(config: &Config) -> impl Iterator<Item = Misfit> {
    let names = config.define.keys().filter(|name| !is_identifier(name));
    names.map(|name| Misfit {
        keys: keys(&["define", name]),
        part: Part::Key,
        message: format!("`{name}` cannot be defined"),
        help: "use letters, digits and `_`, and no digit at the start".to_string(),
    })
}

fn import_paths(config: &Config) -> impl Iterator<Item = Misfit> {
    let paths = config.import_paths.iter().enumerate();
    let paths = paths.filter(|(_, path)| path.is_empty() || path.contains('\0'));
    paths.map(|(index, path)| Misfit {
        keys: keys(&["import-paths", &index.to_string()]),
        part: Part::Value,
        message: format!("{path:?} is not a path"),
        help: "write `.` for the source itself".to_string(),
    })
}

fn tests(config: &Config) -> impl Iterator<Item = Misfit> {
    let patterns = config.tests.iter().enumerate();
    patterns.filter_map(|(index, pattern)| {
        let error = OverrideBuilder::new("").add(pattern).err()?;
        Some(Misfit {
            keys: keys(&["tests", &index.to_string()]),
            part: Part::Value,
            message: error.to_string(),
            help: "a `[`, `{` or `\\` that means itself has a `\\` in front of it".to_string(),
        })
    })
}

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}
