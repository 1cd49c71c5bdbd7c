//! Values that have the right type but are not valid.

use std::collections::HashMap;
use std::path::Path;

use super::super::arguments;
use super::super::names::{Flaw, file_name_flaw, is_identifier, normalized};
use super::{Config, Entry};
use crate::backend::options::bad_globs;
use crate::diagnostic::{Warning, list, nearest};
use crate::project::config::{EntryPart, InvalidOption};

/// Values that are accepted but have no effect, or that work on one machine only.
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
    let absolute = entry_options(config).flat_map(|option| option.entries.iter());
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

/// All invalid values.
pub(super) fn validate(config: &Config) -> Vec<InvalidOption> {
    let mut invalid: Vec<InvalidOption> = entry_options(config)
        .flat_map(|option| option.validate())
        .collect();
    invalid.extend(config.common.validate());
    invalid.extend(config.package.validate());
    invalid.extend(defines(config));
    invalid.extend(bad_globs("tests", &config.tests));
    invalid.extend(import_paths(config));
    let cpu = config.target_cpu.as_deref();
    let cpu = cpu.filter(|cpu| cpu.is_empty() || cpu.contains(|c: char| c.is_whitespace()));
    invalid.extend(cpu.map(|cpu| InvalidOption {
        keys: keys(&["target-cpu"]),
        part: EntryPart::Value,
        message: format!("`{cpu}` is not the name of a processor"),
        help: "write `baseline`, `native` or a name such as `x86-64-v3`".to_string(),
    }));
    invalid
}

/// An option that contains programs or libraries.
struct EntryOption<'a> {
    option: &'static str,
    entries: &'a [Entry],
    /// Whether the entries are in an array.
    is_list: bool,
    /// Whether the first entry has a default name and path.
    has_defaults: bool,
    is_library: bool,
    /// Whether the names are used in imports.
    is_imported: bool,
}

fn entry_options(config: &Config) -> impl Iterator<Item = EntryOption<'_>> {
    let plain = |option, entries| EntryOption {
        option,
        entries,
        is_list: true,
        has_defaults: false,
        is_library: false,
        is_imported: false,
    };
    let library = |option, entries| EntryOption {
        is_library: true,
        is_imported: true,
        ..plain(option, entries)
    };
    [
        EntryOption {
            has_defaults: true,
            ..plain("bins", config.bins.as_deref().unwrap_or_default())
        },
        EntryOption {
            is_list: false,
            has_defaults: true,
            ..library("pkg", config.pkg.as_slice())
        },
        library("pkgs", &config.pkgs),
        plain("libs", &config.libs),
        EntryOption {
            is_imported: true,
            ..plain("python-modules", &config.python_modules)
        },
    ]
    .into_iter()
}

impl EntryOption<'_> {
    fn validate(&self) -> Vec<InvalidOption> {
        let each = self.entries.iter().enumerate();
        let mut invalid: Vec<InvalidOption> = each
            .flat_map(|(index, entry)| self.of_entry(index, entry))
            .collect();
        invalid.extend(self.doubles());
        invalid
    }

    fn of_entry(&self, index: usize, entry: &Entry) -> Vec<InvalidOption> {
        let mut invalid = Vec::new();
        invalid.extend(entry.unknown.keys().map(|key| self.unknown(index, key)));
        if entry.format.is_some() && !self.is_library {
            invalid.push(self.unknown(index, "format"));
        }
        invalid.extend(self.missing(index, entry));
        let name = entry.name.as_deref();
        invalid.extend(name.and_then(|name| self.name(index, name)));
        if let Some(path) = &entry.path
            && (path.is_empty() || path.contains('\0'))
        {
            invalid.push(self.invalid_value(
                index,
                "path",
                format!("{path:?} is not a path"),
                "write a path that is relative to the source".to_string(),
            ));
        }
        let flaw = arguments::flaw(&entry.extra_args, self.is_library);
        invalid.extend(
            flaw.map(|Flaw { message, help }| {
                self.invalid_value(index, "extra-args", message, help)
            }),
        );
        invalid
    }

    /// A missing name or path that has no default.
    fn missing(&self, index: usize, entry: &Entry) -> Vec<InvalidOption> {
        if self.has_defaults && index == 0 {
            return Vec::new();
        }
        let named = entry.name.as_deref();
        let of = named.map_or(String::new(), |name| format!(" `{name}`"));
        let lacks = |key: &str| InvalidOption {
            keys: keys(&[self.option, &index.to_string()]),
            part: EntryPart::Value,
            message: format!(
                "entry {} of `{}`{of} has no `{key}`",
                index + 1,
                self.option
            ),
            help: if self.has_defaults {
                format!("only the first entry can do without: add a `{key}`")
            } else {
                format!("add a `{key}`")
            },
        };
        let name = named.is_none().then(|| lacks("name"));
        let path = entry.path.is_none().then(|| lacks("path"));
        name.into_iter().chain(path).collect()
    }

    fn name(&self, index: usize, name: &str) -> Option<InvalidOption> {
        let flaw = match self.is_imported {
            true if !is_identifier(name) => Some(Flaw {
                message: format!("`{name}` is not a name that can be imported"),
                help: if is_identifier(&normalized(name)) {
                    format!("write `{}`", normalized(name))
                } else {
                    "use letters, digits and `_`, and no digit at the start".to_string()
                },
            }),
            true => None,
            false => file_name_flaw(name),
        }?;
        Some(self.invalid_value(index, "name", flaw.message, flaw.help))
    }

    fn doubles(&self) -> Vec<InvalidOption> {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut invalid = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            let Some(name) = entry.name.as_deref() else {
                continue;
            };
            if let Some(first) = seen.get(name) {
                invalid.push(self.invalid_value(
                    index,
                    "name",
                    format!("two entries of `{}` are called `{name}`", self.option),
                    format!("entry {} has this name; choose another one", first + 1),
                ));
            }
            seen.entry(name).or_insert(index);
        }
        invalid
    }

    fn unknown(&self, index: usize, key: &str) -> InvalidOption {
        let known: &[&str] = if self.is_library {
            &["name", "path", "extra-args", "format"]
        } else {
            &["name", "path", "extra-args"]
        };
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("an entry has {}", list(known.iter().copied())),
        };
        InvalidOption {
            part: EntryPart::Key,
            ..self.invalid_value(
                index,
                key,
                format!("`{key}` is not an option of `{}`", self.option),
                help,
            )
        }
    }

    fn invalid_value(
        &self,
        index: usize,
        key: &str,
        message: String,
        help: String,
    ) -> InvalidOption {
        let index = index.to_string();
        InvalidOption {
            keys: if self.is_list {
                keys(&[self.option, &index, key])
            } else {
                keys(&[self.option, key])
            },
            part: EntryPart::Value,
            message,
            help,
        }
    }
}

fn defines(config: &Config) -> impl Iterator<Item = InvalidOption> {
    let names = config.define.keys().filter(|name| !is_identifier(name));
    names.map(|name| InvalidOption {
        keys: keys(&["define", name]),
        part: EntryPart::Key,
        message: format!("`{name}` cannot be defined"),
        help: "use letters, digits and `_`, and no digit at the start".to_string(),
    })
}

fn import_paths(config: &Config) -> impl Iterator<Item = InvalidOption> {
    let paths = config.import_paths.iter().enumerate();
    let paths = paths.filter(|(_, path)| path.is_empty() || path.contains('\0'));
    paths.map(|(index, path)| InvalidOption {
        keys: keys(&["import-paths", &index.to_string()]),
        part: EntryPart::Value,
        message: format!("{path:?} is not a path"),
        help: "write `.` for the source itself".to_string(),
    })
}

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}
