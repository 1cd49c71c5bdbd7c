//! Replaces directories in the arguments of rustc, and finds what affects the result of a
//! compilation.
//!
//! sccache includes nearly every argument in the cache key. With paths in the arguments, a
//! build in another checkout would not find any results.

use std::path::{Path, PathBuf};

/// The placeholders for directories.
const WORDS: [&str; 3] = ["%FOLDER%", "%CARGO_HOME%", "%PROJECT%"];

/// The directories that arguments may contain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folders<'a> {
    /// The directory in which rustc runs.
    pub(super) current: &'a str,
    /// The directory in which Cargo keeps crates.
    pub(super) cargo_home: Option<&'a str>,
    /// The top directory of the user's project.
    pub(super) project: &'a str,
}

impl Folders<'_> {
    fn named(&self) -> [(&'static str, Option<&str>); 3] {
        let current = Some(self.current).filter(|folder| Path::new(folder).parent().is_some());
        let [folder, cargo_home, project] = WORDS;
        [
            (folder, current),
            (cargo_home, self.cargo_home),
            (project, Some(self.project)),
        ]
    }

    /// The argument with placeholders instead of directories.
    fn hide(&self, argument: &str) -> String {
        let named = self.named().into_iter();
        named.fold(argument.to_string(), |text, (word, folder)| match folder {
            Some(folder) => text.replace(folder, word),
            None => text,
        })
    }

    /// The original of an argument that [`Self::hide`] has changed.
    pub(super) fn restore(&self, argument: &str) -> String {
        let named = self.named().into_iter().rev();
        named.fold(argument.to_string(), |text, (word, folder)| match folder {
            Some(folder) => text.replace(word, folder),
            None => text,
        })
    }
}

/// The kind of a command line that Cargo or the `cc` crate passes to sccache.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A call of rustc that compiles a crate.
    Crate,
    /// A request for information about a compiler, or a call that cannot be cached. It runs
    /// without sccache.
    Question,
    /// A call of another compiler.
    OtherCompiler,
}

/// The kind of the command line `compiler` with `arguments`.
pub(super) fn kind(compiler: &Path, arguments: &[String]) -> Kind {
    let at = |option: &str| {
        let with_value = format!("{option}=");
        let mut words = arguments.iter();
        words.position(|word| word == option || word.starts_with(&with_value))
    };
    let is_crate = at("--crate-name")
        .zip(at("--out-dir"))
        .is_some_and(|(name, folder)| name < folder);
    let is_rustc = || compiler.file_stem().is_some_and(|stem| stem == "rustc");
    let is_question = |word: &String| word == "-vV" || word.starts_with("--print");
    // Source code from a pipe can be read only once, and the content of an argument file is not
    // known.
    let is_odd = |word: &String| word == "-" || word.starts_with('@');
    let has_word = |word: &String| WORDS.iter().any(|hidden| word.contains(hidden));
    match is_crate {
        true if arguments.iter().any(|word| is_odd(word) || has_word(word)) => Kind::Question,
        true => Kind::Crate,
        false if arguments.iter().any(is_question) => Kind::Question,
        false if is_rustc() && arguments.iter().any(is_odd) => Kind::Question,
        false => Kind::OtherCompiler,
    }
}

/// Properties of a compilation that sccache does not take into account.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Whether the call runs a linker.
    pub(super) links: bool,
    /// Whether the crate uses procedural macros.
    pub(super) macros: bool,
    /// The directories that are searched for native libraries.
    pub(super) folders: Vec<PathBuf>,
    /// The names of the static native libraries that are packed into the crate.
    pub(super) libraries: Vec<String>,
}

impl Findings {
    pub(super) fn of(arguments: &[String]) -> Self {
        let mut found = Self::default();
        let mut option = "";
        for word in arguments {
            let both = [option, word].concat();
            let text = both.as_str();
            let linked = ["bin", "dylib", "proc-macro"];
            let dynamic = [".so", ".dylib", ".dll"];
            let of_kind = |kinds: [&str; 2]| {
                let value = kinds.iter().find_map(|kind| text.strip_prefix(kind))?;
                Some(value)
            };
            if text.starts_with("--crate-type") {
                found.links |= linked.iter().any(|kind| text.ends_with(kind));
            } else if text.starts_with("--extern") {
                found.macros |= dynamic.iter().any(|ending| text.ends_with(ending));
            } else if let Some(folder) = of_kind(["-Lnative=", "-Lall="]) {
                found.folders.push(folder.into());
            } else if text.starts_with("-lstatic")
                && let Some((_, name)) = text.rsplit_once('=')
            {
                let name = name.split(':').next().unwrap_or_default();
                found.libraries.push(name.to_string());
            }
            option = match word.as_str() {
                "--crate-type" | "--extern" | "-L" | "-l" => word,
                _ => "",
            };
        }
        found
    }
}

/// The arguments that are passed to sccache.
pub(super) fn hidden(arguments: &[String], folders: Folders<'_>, links: bool) -> Vec<String> {
    let mut seen = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            // A crate that is not linked does not depend on the linker.
            "-C" => match words.next() {
                Some(value) if value.starts_with("linker=") && !links => {}
                value => {
                    seen.push(word.clone());
                    seen.extend(value.map(|value| folders.hide(value)));
                }
            },
            word if word.starts_with("-Clinker=") && !links => {}
            "-L" => {
                seen.push(word.clone());
                seen.extend(words.next().map(|value| absolute(value, folders.current)));
            }
            // sccache parses these options itself and does not include the paths in the key.
            "--extern" | "--out-dir" | "--target" => {
                seen.push(word.clone());
                seen.extend(words.next().cloned());
            }
            kept if ["--extern=", "--out-dir=", "--target=", "-L"]
                .iter()
                .any(|option| kept.starts_with(option)) =>
            {
                seen.push(word.clone());
            }
            other => seen.push(folders.hide(other)),
        }
    }
    seen
}

/// A search path for libraries with an absolute directory. sccache reads the directory itself,
/// but runs in a different one.
fn absolute(value: &str, current: &str) -> String {
    let (kind, path) = match value.split_once('=') {
        Some((kind, path)) => (format!("{kind}="), path),
        None => (String::new(), value),
    };
    if Path::new(path).is_absolute() {
        value.to_string()
    } else {
        format!("{kind}{}", Path::new(current).join(path).display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDERS: Folders<'_> = Folders {
        current: "/project/part",
        cargo_home: Some("/cache/cargo-home"),
        project: "/project",
    };

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_string).collect()
    }

    #[test]
    fn only_compilations_of_crates_are_rewritten() {
        let kind = |compiler: &str, line: &str| kind(Path::new(compiler), &words(line));
        for (compiler, line, expected) in [
            (
                "rustc",
                "--crate-name a src/lib.rs --out-dir /x",
                Kind::Crate,
            ),
            (
                "rustc",
                "--crate-name=a src/lib.rs --out-dir=/x",
                Kind::Crate,
            ),
            ("rustc", "-vV", Kind::Question),
            (
                "rustc",
                "- --crate-name ___ --print=file-names",
                Kind::Question,
            ),
            ("rustc", "- --crate-name a --out-dir /x", Kind::Question),
            ("rustc", "@arguments", Kind::Question),
            (
                "rustc",
                "--crate-name a --out-dir /x --cfg %PROJECT%",
                Kind::Question,
            ),
            ("cc", "-print-prog-name=as", Kind::OtherCompiler),
            ("cc", "--print-sysroot", Kind::Question),
            ("cc", "-O1 -c a.c -o a.o", Kind::OtherCompiler),
            ("cc", "@arguments", Kind::OtherCompiler),
        ] {
            assert_eq!(kind(compiler, line), expected, "{compiler} {line}");
        }
    }

    #[test]
    fn arguments_say_what_is_linked_packed_and_read() {
        let found = Findings::of(&words(
            "--crate-name part src/lib.rs --crate-type lib --extern macros=/t/libmacros-1.so \
             -L native=/t/out -Lall=/u -L dependency=/t/deps -l static=z -lstatic:+whole-archive=y:x \
             -l dylib=ssl",
        ));
        assert_eq!(
            found,
            Findings {
                links: false,
                macros: true,
                folders: vec!["/t/out".into(), "/u".into()],
                libraries: vec!["z".to_string(), "y".to_string()],
            }
        );
        for kind in ["bin", "cdylib", "dylib", "proc-macro"] {
            assert!(Findings::of(&words(&format!("--crate-type {kind}"))).links);
            assert!(Findings::of(&words(&format!("--crate-type={kind}"))).links);
        }
        assert_eq!(
            Findings::of(&words("--crate-type staticlib --extern a=/t/liba-1.rlib")),
            Findings::default()
        );
    }

    #[test]
    fn folders_of_this_machine_are_hidden_and_come_back() {
        let line = "--crate-name part src/lib.rs --out-dir /t/deps -C linker=/t/linker-X \
                    -C metadata=1 -L dependency=/t/deps -L lib -Lnative=/project/lib \
                    --extern a=/project/liba.rlib --remap-path-prefix=/cache/cargo-home=/cargo \
                    --cfg feature=\"x\" /project/part/src/lib.rs --sysroot /project/sys";
        let seen = hidden(&words(line), FOLDERS, false);
        insta::assert_snapshot!(seen.join(" "), @r#"--crate-name part src/lib.rs --out-dir /t/deps -C metadata=1 -L dependency=/t/deps -L /project/part/lib -Lnative=/project/lib --extern a=/project/liba.rlib --remap-path-prefix=%CARGO_HOME%=/cargo --cfg feature="x" %FOLDER%/src/lib.rs --sysroot %PROJECT%/sys"#);
        let back: Vec<String> = seen.iter().map(|word| FOLDERS.restore(word)).collect();
        let expected = line
            .replace("-C linker=/t/linker-X ", "")
            .replace("-L lib", "-L /project/part/lib");
        assert_eq!(back, words(&expected));
    }

    #[test]
    fn what_is_linked_keeps_its_linker() {
        for line in ["-C linker=/t/linker-X", "-Clinker=/t/linker-X"] {
            assert_eq!(hidden(&words(line), FOLDERS, true), words(line));
            assert!(hidden(&words(line), FOLDERS, false).is_empty());
        }
    }

    #[test]
    fn the_top_of_a_disk_is_no_word() {
        let folders = Folders {
            current: "/",
            cargo_home: None,
            project: "/project",
        };
        assert_eq!(folders.hide("/a/project/b"), "/a%PROJECT%/b");
        assert_eq!(folders.hide("/a"), "/a");
    }
}
