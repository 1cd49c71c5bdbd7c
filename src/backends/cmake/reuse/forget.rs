//! Determines which outputs of a tree must be made again although ninja would treat them
//! as fresh.
//!
//! Ninja compares the times of files and the texts of commands. Commands refer to
//! prefixes through links whose paths never change, files in packages have old times, and
//! users may restore files from a copy. The outputs whose inputs have changed are
//! therefore removed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::environment::digest;
use super::state::State;
use crate::backend::inputs::plain;
use crate::backends::cmake::copies::files_of;
use crate::backends::cmake::nested::{installed_in, read_in};
use crate::backends::cmake::ninja::{DepsLog, Edge, Plan};
use crate::backends::cmake::tree::Tree;
use crate::disk::files_below;

/// The plan, the log and the changes of a tree.
pub(super) struct Traces<'a> {
    pub(super) tree: &'a Tree,
    pub(super) log: &'a DepsLog,
    pub(super) plan: &'a Plan,
    pub(super) before: &'a State,
}

impl Traces<'_> {
    /// The outputs that read, or are made from, one of `files`.
    pub(super) fn made_from(&self, files: &BTreeSet<&Path>) -> BTreeSet<String> {
        let binary = self.tree.binary();
        let mut outputs = self.outputs_where(|path| files.contains(binary.join(path).as_path()));
        let naming = self.plan.edges.iter().filter(|edge| {
            let named = edge.named(&binary);
            let copied = edge.copied(&binary);
            named
                .iter()
                .any(|file| files.contains(plain(file).as_path()))
                || copied.iter().any(|copied| self.has_new_files(copied))
        });
        outputs.extend(naming.flat_map(|edge| edge.outputs.clone()));
        outputs.extend(self.made_with_trees(&self.stale_trees(files)));
        outputs
    }

    /// The outputs that are made from what FetchContent or ExternalProject unpacked for the
    /// dependency `name`. Unpacked files may be older than those that were made from the
    /// previous archive.
    pub(super) fn made_from_archive(&self, name: &str) -> BTreeSet<String> {
        let binary = self.tree.binary();
        let source = binary
            .join("_deps")
            .join(format!("{}-src", name.to_lowercase()));
        let files: BTreeSet<PathBuf> = files_below(source).collect();
        let mut outputs = self.made_from(&files.iter().map(PathBuf::as_path).collect());
        let download = self.plan.step_of(name, "download");
        outputs.extend(download.flat_map(|edge| edge.outputs.clone()));
        outputs.extend(self.made_with_trees(&self.plan.trees_of(name, &binary)));
        outputs
    }

    /// Whether a directory of the user that a command copies has files that it did not have
    /// in the last build.
    fn has_new_files(&self, copied: &Path) -> bool {
        let known = &self.before.built;
        let is_own = known.keys().any(|file| file.starts_with(copied));
        is_own && files_of(copied).any(|file| !known.contains_key(&file))
    }

    /// The trees of other projects that read one of `files`, or install a directory with new
    /// ones.
    fn stale_trees(&self, files: &BTreeSet<&Path>) -> BTreeSet<PathBuf> {
        let binary = self.tree.binary();
        let trees = self.plan.edges.iter().flat_map(|edge| edge.nested(&binary));
        let trees: BTreeSet<PathBuf> = trees.collect();
        let stale = |tree: &PathBuf| {
            let mut read = read_in(tree).into_iter();
            let mut installed = installed_in(tree).into_iter();
            read.any(|file| files.contains(file.as_path()))
                || installed.any(|path| path.is_dir() && self.has_new_files(&path))
        };
        trees.into_iter().filter(stale).collect()
    }

    /// The outputs of the steps that work in `trees`, and those that use their results.
    /// Ninja looks at a library or a header before the step that installs it.
    fn made_with_trees(&self, trees: &BTreeSet<PathBuf>) -> BTreeSet<String> {
        if trees.is_empty() {
            return BTreeSet::new();
        }
        let binary = self.tree.binary();
        let (steps, others): (Vec<&Edge>, Vec<&Edge>) =
            (self.plan.edges.iter()).partition(|edge| !edge.nested(&binary).is_disjoint(trees));
        let made = others.iter().flat_map(|edge| &edge.outputs);
        let made: BTreeSet<&str> = made.map(String::as_str).collect();
        let is_installed =
            |path: &str| !made.contains(path) && binary.join(path).starts_with(&binary);
        let mut outputs = self.outputs_where(is_installed);
        outputs.extend(steps.iter().flat_map(|edge| edge.outputs.clone()));
        outputs.extend(self.linked());
        outputs
    }

    /// The outputs with an input, explicit or recorded, for which `is_doubtful` is true.
    fn outputs_where(&self, is_doubtful: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let doubtful = |inputs: &[String]| inputs.iter().any(|input| is_doubtful(input));
        let recorded = self.log.iter().filter(|(_, inputs)| doubtful(inputs));
        let recorded = recorded.map(|(output, _)| output.to_string());
        let planned = self.plan.edges.iter().filter(|edge| is_made(edge));
        let planned = planned.filter(|edge| doubtful(&edge.inputs));
        recorded
            .chain(planned.flat_map(|edge| edge.outputs.clone()))
            .collect()
    }

    /// The outputs that read a file of an environment that has changed.
    pub(super) fn read_from_packages(&self) -> BTreeSet<String> {
        let links = [self.tree.host(), self.tree.build()];
        let mut known: std::collections::HashMap<&str, bool> = std::collections::HashMap::new();
        let mut outputs = BTreeSet::new();
        for (output, inputs) in self.log.iter() {
            let below = inputs
                .iter()
                .filter(|input| links.iter().any(|link| Path::new(input).starts_with(link)));
            for input in below {
                let is_same = *known.entry(input).or_insert_with(|| {
                    let before = self.before.digests.get(input);
                    before.is_some() && before == content(Path::new(input)).as_ref()
                });
                if !is_same {
                    outputs.insert(output.to_string());
                    break;
                }
            }
        }
        outputs
    }

    /// The outputs that would now read another file, because one of `added` (headers
    /// relative to the host environment) is earlier on the search path, or affects a
    /// `__has_include`.
    pub(super) fn shadowed_by(&self, added: &[&str]) -> BTreeSet<String> {
        let host = self.tree.host();
        let searched = self.searched_folders();
        let mut names: BTreeSet<PathBuf> = BTreeSet::new();
        for header in added {
            let header = host.join(header);
            let folders = header.ancestors().skip(1);
            let folders = folders.take_while(|folder| *folder != host);
            let seen = folders.filter(|folder| searched.contains(*folder));
            names.extend(
                seen.filter_map(|folder| Some(header.strip_prefix(folder).ok()?.to_path_buf())),
            );
        }
        if names.is_empty() {
            return BTreeSet::new();
        }
        let mut asking: std::collections::HashMap<String, bool> = std::collections::HashMap::new();
        let binary = self.tree.binary();
        let recorded = self.log.iter().filter(|(_, inputs)| {
            inputs.iter().any(|input| {
                let path = Path::new(input);
                names.iter().any(|name| path.ends_with(name))
                    || *asking
                        .entry(input.clone())
                        .or_insert_with(|| asks_for(&binary.join(path), &names))
            })
        });
        recorded.map(|(output, _)| output.to_string()).collect()
    }

    /// The directories of the host environment that compilers search for headers.
    fn searched_folders(&self) -> BTreeSet<PathBuf> {
        let host = self.tree.host();
        let texts = self.plan.edges.iter().flat_map(|edge| {
            let texts = ["INCLUDES", "FLAGS"].into_iter();
            texts.filter_map(|name| edge.variables.get(name))
        });
        let words = texts.flat_map(|text| text.split_whitespace());
        let paths = words.filter_map(|word| {
            let at = word.find('/')?;
            let path = Path::new(word[at..].trim_end_matches('"'));
            path.starts_with(&host).then(|| path.to_path_buf())
        });
        paths.chain([host.join("include")]).collect()
    }

    /// The linked outputs, because the libraries that a linker reads are not recorded.
    pub(super) fn linked(&self) -> BTreeSet<String> {
        let edges = self.plan.edges.iter().filter(|edge| edge.links());
        edges.flat_map(|edge| edge.outputs.clone()).collect()
    }

    /// The outputs that commands of the project make with programs of an environment.
    pub(super) fn generated(&self) -> BTreeSet<String> {
        let custom = self.plan.edges.iter();
        let custom = custom.filter(|edge| edge.rule.starts_with("CUSTOM_COMMAND"));
        let outside = custom.filter(|edge| {
            let command = edge.variables.get("COMMAND").map_or("", String::as_str);
            self.runs_programs_of_environments(command)
        });
        outside.flat_map(|edge| edge.outputs.clone()).collect()
    }

    fn runs_programs_of_environments(&self, command: &str) -> bool {
        let cmake = self.tree.build().join("bin").join("cmake");
        let cmake = cmake.display().to_string();
        let without_cmake = command.replace(&cmake, "cmake");
        let links = [self.tree.host(), self.tree.build()];
        if links
            .iter()
            .any(|link| without_cmake.contains(&link.display().to_string()))
        {
            return true;
        }
        without_cmake.split("&&").any(|part| {
            let mut words = part.split_whitespace();
            match (words.next(), words.next()) {
                (None | Some("cd" | ":"), _) => false,
                // Commands of `cmake -E` have the same result everywhere, except for `env`.
                // Scripts of `cmake -P` can run anything.
                (Some("cmake"), option) => option != Some("-E") || words.next() == Some("env"),
                // A program that is found on `PATH` has no directory.
                (Some(program), _) => !program.contains('/'),
            }
        })
    }
}

/// Whether the output is a file that can be removed, and not a name or the plan itself.
fn is_made(edge: &Edge) -> bool {
    !edge.is_phony() && !edge.rule.starts_with("RERUN_CMAKE")
}

/// A hash of the contents of a file.
pub(super) fn content(file: &Path) -> Option<String> {
    std::fs::read(file).ok().map(|content| digest(&content))
}

/// Whether a source uses `__has_include` with one of `names`.
fn asks_for(file: &Path, names: &BTreeSet<PathBuf>) -> bool {
    let text = std::fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let questions = text.split("__has_include").skip(1);
    let asked = questions.filter_map(|rest| {
        let name = rest
            .trim_start_matches([' ', '('])
            .strip_prefix(['<', '"'])?;
        name.split(['>', '"']).next()
    });
    let asked: Vec<&str> = asked.collect();
    asked.iter().any(|asked| names.contains(Path::new(asked)))
}
