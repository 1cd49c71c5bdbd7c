use super::*;

#[test]
fn old_spellings_are_understood() {
    for (text, license) in [
        ("MIT", Some("MIT")),
        ("MIT License", Some("MIT")),
        ("MIT/Apache-2.0", Some("MIT OR Apache-2.0")),
        ("BSD 3-Clause", Some("BSD-3-Clause")),
        ("mit", Some("MIT")),
        ("MIT/X11", Some("MIT")),
        ("MIT or Apache 2.0", Some("MIT OR Apache-2.0")),
        ("Apache 2.0", Some("Apache-2.0")),
        ("Apache-2.0", Some("Apache-2.0")),
        ("BSD-3-Clause", Some("BSD-3-Clause")),
        ("GPLv3+", Some("GPL-3.0-or-later")),
        ("GPL v3 or later", Some("GPL-3.0-or-later")),
        ("gpl-2", Some("GPL-2.0-only")),
        ("GNU GPL v2", Some("GPL-2.0-only")),
        ("LGPLv2.1+", Some("LGPL-2.1-or-later")),
        ("BLABLA", None),
    ] {
        assert_eq!(spelled(text).as_deref(), license, "{text}");
    }
}

#[test]
fn names_of_several_licenses_are_not_guessed() {
    for text in [
        "GPL", "gpl", "LGPL", "AGPL", "BSD", "Apache", "MPL", "GPL/MIT", "GPLv9",
    ] {
        assert_eq!(spelled(text), None, "{text}");
    }
}

#[test]
fn setuptools_lists_license_files_in_three_places() {
    let root = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        crate::disk::write(&root.path().join(path), text).expect("own folder");
    };
    write("setup.py", "setup(license_files=['c.txt', 'd/*'])\n");
    write("setup.cfg", "[metadata]\nlicense_files = b.txt\n");
    write(
        "pyproject.toml",
        "[tool.setuptools]\nlicense-files = ['a.txt']\n",
    );
    let files = Files::read(root.path()).expect("a project");
    assert_eq!(patterns(&files), ["a.txt", "b.txt", "c.txt", "d/*"]);
}

#[test]
fn patterns_are_looked_for_in_the_project() {
    let root = tempfile::tempdir().expect("a folder");
    for file in [
        "LICENSE",
        "LICENSE.MIT",
        "vendor/a/LICENSE",
        "src/LICENSE.py",
        ".pixi/envs/default/LICENSE",
        "build/lib/LICENSE",
    ] {
        crate::disk::write(&root.path().join(file), "text").expect("own folder");
    }
    let found = |patterns: &[&str]| {
        let patterns: Vec<String> = patterns.iter().map(|p| format!("/{p}")).collect();
        matching(root.path(), &patterns).len()
    };
    assert_eq!(found(&PATTERNS), 2);
    assert_eq!(found(&["vendor/*/LICENSE"]), 1);
    assert_eq!(found(&["**/LICENSE"]), 2);
    assert_eq!(found(&["vendor/**", "vendor/*/LICENSE", "LICENSE*"]), 3);
}
