//! Responses to `conda/outputs`, which describe the packages before a build.

use indoc::{formatdoc, indoc};
use serde_json::{Value, json};

use super::{HELLO, initialize, plain, project};
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

/// Formats one output in a few lines.
fn shown(output: &Value) -> String {
    let metadata = &output["metadata"];
    let text = |value: &Value| value.as_str().unwrap_or("-").to_string();
    let build = text(&metadata["build"]);
    let prefix = build.split('h').next().unwrap_or_default();
    let specs = |table: &str| {
        let specs = output[table]["depends"].as_array().into_iter().flatten();
        let specs = specs.map(|spec| {
            let version = spec["binary"]["version"].as_str().unwrap_or("*");
            format!("{} {version}", spec["name"].as_str().unwrap_or("?"))
        });
        specs.collect::<Vec<_>>().join(", ")
    };
    formatdoc!(
        "
            {} {} {prefix} {} {}
            build: {}
            host: {}
            run: {}",
        text(&metadata["name"]),
        text(&metadata["version"]),
        text(&metadata["subdir"]),
        metadata["purls"],
        specs("buildDependencies"),
        specs("hostDependencies"),
        specs("runDependencies"),
    )
}

/// Returns the formatted outputs of a project with these files and options.
#[track_caller]
pub(super) fn described(files: &[(&str, &str)], config: Value, variants: Value) -> String {
    let project = project(files);
    let initialize = initialize(&project, &[], config);
    described_as(&project, &initialize, variants)
}

/// Returns the formatted outputs of a project with this manifest.
#[track_caller]
pub(super) fn described_as(project: &Project, initialize: &Initialize, variants: Value) -> String {
    let mut pixi = Pixi::of(project);
    pixi.initialize(initialize);
    let params = Outputs::new(&project.metadata_work("hello")).variants(variants);
    let outputs = pixi.outputs(&params.host_platform("linux-64"));
    outputs.iter().map(shown).collect::<Vec<_>>().join("\n")
}

/// The same for a project that consists of a `pyproject.toml`.
#[track_caller]
fn of_pyproject(text: &str) -> String {
    described(&[("pyproject.toml", text)], plain(), json!({}))
}

#[test]
fn a_pure_project_is_one_package_for_every_platform() {
    insta::assert_snapshot!(described(HELLO, plain(), json!({})), @r#"
    hello_world 0.3.1 py noarch ["pkg:pypi/hello-world"]
    build: 
    host: uv *, python >=3.9
    run: python >=3.9
    "#);
}

#[test]
fn dependencies_are_mapped_where_the_user_wants_it() {
    let config = json!({"ignore-pypi-mapping": false});
    insta::assert_snapshot!(described(HELLO, config, json!({})), @r#"
    hello_world 0.3.1 py noarch ["pkg:pypi/hello-world"]
    build: 
    host: uv *, python >=3.9, hatchling *
    run: python >=3.9, click >=8,<9, __unix *
    "#);
    let config = json!({"build-system-requires": "map", "installer": "pip"});
    insta::assert_snapshot!(described(HELLO, config, json!({})), @r#"
    hello_world 0.3.1 py noarch ["pkg:pypi/hello-world"]
    build: 
    host: pip *, python >=3.9, hatchling *
    run: python >=3.9
    "#);
}

#[test]
fn requirements_that_a_build_backend_requests_in_a_hook_are_mapped() {
    let config = json!({"ignore-pypi-mapping": false});
    let hatchling = indoc! {r#"
        [build-system]
        requires = ["hatchling", "colorama; sys_platform == 'win32'"]
        build-backend = "hatchling.build"
        [project]
        name = "app"
        version = "1.0"
        [tool.hatch.build.hooks.jupyter-builder]
        dependencies = ["hatch-jupyter-builder>=0.8.1"]
        [tool.hatch.build.targets.wheel.hooks.custom]
        dependencies = ["hatchling", "toml"]
        [tool.hatch.build.targets.wheel.hooks.slow]
        enable-by-default = false
        dependencies = ["cython"]
    "#};
    let setup_py = "from setuptools import setup\n\
                    setup(name='app', version='1.0', setup_requires=['cffi>=1.16'])\n";
    let hatchling = described(&[("pyproject.toml", hatchling)], config.clone(), json!({}));
    let setuptools = described(&[("setup.py", setup_py)], config, json!({}));
    insta::assert_snapshot!(format!("{hatchling}\n{setuptools}"), @r#"
    app 1.0 py noarch ["pkg:pypi/app"]
    build: 
    host: uv *, python *, hatchling *, hatch-jupyter-builder >=0.8.1, toml *
    run: python *
    app 1.0 py noarch ["pkg:pypi/app"]
    build: 
    host: uv *, python *, setuptools *, cffi >=1.16
    run: python *
    "#);
}

#[test]
fn a_variant_of_python_does_not_multiply_a_package_for_every_platform() {
    let variants = json!({"python": ["3.11.*", "3.12.*"]});
    insta::assert_snapshot!(described(HELLO, plain(), variants.clone()), @r#"
    hello_world 0.3.1 py noarch ["pkg:pypi/hello-world"]
    build: 
    host: uv *, python >=3.9
    run: python >=3.9
    "#);
    let config = json!({"noarch": false});
    insta::assert_snapshot!(described(HELLO, config, variants), @r#"
    hello_world 0.3.1 py311 linux-64 ["pkg:pypi/hello-world"]
    build: 
    host: uv *, python 3.11.*, python >=3.9
    run: python >=3.9
    hello_world 0.3.1 py312 linux-64 ["pkg:pypi/hello-world"]
    build: 
    host: uv *, python 3.12.*, python >=3.9
    run: python >=3.9
    "#);
}

/// Returns one line for each output of a project that compiles: the beginning of the build string,
/// the variant of Python and the host dependencies.
#[track_caller]
fn pythons(requires: &str, host: &str, config: Value, variants: Value) -> String {
    let text = formatdoc!(
        r#"
            [build-system]
            requires = ["meson-python"]
            build-backend = "mesonpy"
            [project]
            name = "fast"
            version = "1"
            requires-python = "{requires}"
        "#
    );
    let files = [
        ("pyproject.toml", text.as_str()),
        ("meson.build", "project('fast', 'c')"),
    ];
    let project = project(&files);
    let mut pixi = Pixi::of(&project);
    let mut initialize = initialize(&project, &[], config);
    if !host.is_empty() {
        initialize = initialize.dependency("hostDependencies", "python", host);
    }
    pixi.initialize(&initialize);
    let params = Outputs::new(&project.metadata_work("fast")).variants(variants);
    let outputs = pixi.outputs(&params.host_platform("linux-64"));
    let lines = outputs.iter().map(|output| {
        let shown = shown(output);
        let start = shown.split(' ').nth(2).unwrap_or_default();
        let host = shown
            .lines()
            .find(|line| line.starts_with("host"))
            .unwrap_or_default();
        format!("{start} {} {host}", output["metadata"]["variant"]["python"])
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_build_string_says_for_which_python_the_code_was_compiled() {
    let none = || json!({});
    let both = || json!({"python": ["3.11.*", "3.12.*"]});
    let option = || json!({"python-versions": ["3.11", "3.12", "3.13.* *_cp313t"]});
    let table = [
        // The project or the manifest allows only one version.
        pythons("==3.12.*", "", none(), none()),
        pythons(">=3.12,<3.13", "", none(), none()),
        pythons(">=3.9", "3.12.*", none(), none()),
        pythons(">=3.9", ">=3.12.3,<3.13.0a0", none(), none()),
        pythons(">=3.12", "<3.13", none(), none()),
        pythons(">=3.9", "3.12.4", none(), none()),
        // The solver chooses the version.
        pythons(">=3.12", "", none(), none()),
        pythons(">=3.9", "*", none(), none()),
        // The workspace names the versions, and the manifest can exclude one.
        pythons(">=3.9", "", none(), both()),
        pythons(">=3.9", "3.12.*", none(), both()),
        // The option names the versions, and those of the workspace have priority.
        pythons(">=3.12", "", option(), none()),
        pythons(">=3.9", "*", option(), both()),
    ];
    insta::assert_snapshot!(table.join("\n--\n"), @r#"
    py312 "3.12.*" host: uv *, python 3.12.*, python 3.12.*
    --
    py312 "3.12.*" host: uv *, python 3.12.*, python >=3.12,<3.13
    --
    py312 "3.12.*" host: python 3.12.*, uv *, python 3.12.*, python >=3.9
    --
    py312 "3.12.*" host: python >=3.12.3,<3.13.0a0, uv *, python 3.12.*, python >=3.9
    --
    py312 "3.12.*" host: python <3.13, uv *, python 3.12.*, python >=3.12
    --
    py312 "3.12.*" host: python ==3.12.4, uv *, python 3.12.*, python >=3.9
    --
     null host: uv *, python >=3.12
    --
     null host: python *, uv *, python >=3.9
    --
    py311 "3.11.*" host: uv *, python 3.11.*, python >=3.9
    py312 "3.12.*" host: uv *, python 3.12.*, python >=3.9
    --
    py312 "3.12.*" host: python 3.12.*, uv *, python 3.12.*, python >=3.9
    --
    py312 "3.12.*" host: uv *, python 3.12.*, python >=3.12
    py313 "3.13.* *_cp313t" host: uv *, python 3.13.*, python >=3.12
    --
    py311 "3.11.*" host: python 3.11.*, uv *, python >=3.9
    py312 "3.12.*" host: python 3.12.*, uv *, python >=3.9
    "#);
}

#[test]
fn variants_that_the_project_is_not_for_are_left_out() {
    let variants = json!({"python": ["3.8.*", "3.12.*"]});
    insta::assert_snapshot!(described(HELLO, json!({"noarch": false}), variants), @r#"
    hello_world 0.3.1 py312 linux-64 ["pkg:pypi/hello-world"]
    build: 
    host: uv *, python 3.12.*, python >=3.9
    run: python >=3.9
    "#);
}

#[test]
fn values_of_the_variant_mean_what_they_mean_in_recipes() {
    let text = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
                [project]\nname = \"a\"\nversion = \"1\"\n";
    let host = |requires: &str, config: Value, values: &[&str]| {
        let text = format!("{text}requires-python = \"{requires}\"\n");
        let text = text.replace("requires-python = \"\"\n", "");
        let shown = described(
            &[("pyproject.toml", &text)],
            config,
            json!({"python": values}),
        );
        let host = shown.lines().filter(|line| line.starts_with("host"));
        host.collect::<Vec<_>>().join("; ")
    };
    let conda_forge = ["3.11.* *_cpython", "3.12.* *_cpython"];
    insta::assert_snapshot!(host("", plain(), &conda_forge), @"host: uv *, python 3.12.*");
    insta::assert_snapshot!(host("", plain(), &["3.12"]), @"host: uv *, python 3.12.*");
    let compiled = json!({"noarch": false});
    insta::assert_snapshot!(
        host(">=3.9.1", compiled, &["3.8", "3.9"]),
        @"host: uv *, python 3.9.*, python >=3.9.1"
    );
}

#[test]
fn projects_from_before_pyproject_are_understood() {
    let cfg = indoc! {"
        [metadata]
        name = old
        version = attr: old.__version__
        [options]
        python_requires = >=3.8
        install_requires =
            click
        [options.entry_points]
        console_scripts =
            old = old:main
    "};
    let files = [("setup.cfg", cfg), ("old.py", "__version__ = '1.5'\n")];
    let config = json!({"ignore-pypi-mapping": false});
    insta::assert_snapshot!(described(&files, config.clone(), json!({})), @r#"
    old 1.5 py noarch ["pkg:pypi/old"]
    build: 
    host: uv *, python >=3.8, setuptools *
    run: python >=3.8, click *
    "#);
    let py = "from setuptools import setup\nsetup(name='six', version='1.17', install_requires=['click>=8'])\n";
    insta::assert_snapshot!(described(&[("setup.py", py)], config, json!({})), @r#"
    six 1.17 py noarch ["pkg:pypi/six"]
    build: 
    host: uv *, python *, setuptools *
    run: python *, click >=8
    "#);
    let poetry = indoc! {r#"
        [tool.poetry]
        name = "p"
        version = "1.0-1"
        [tool.poetry.dependencies]
        python = "^3.9"
    "#};
    insta::assert_snapshot!(of_pyproject(poetry), @r#"
    p 1.0.post1 py noarch ["pkg:pypi/p"]
    build: 
    host: uv *, python >=3.9,<4
    run: python >=3.9,<4
    "#);
}

#[test]
fn optional_dependencies_are_groups_where_the_user_wants_them() {
    let text = indoc! {r#"
        [project]
        name = "Ex"
        version = "1"
        [project.optional-dependencies]
        Color_s = ["msgpack~=1.0", "colorama; sys_platform == 'win32'"]
        docs = ["sphinx"]
        all = ["ex[color-s]", "ex[all]", "rich"]
    "#};
    let groups = |extras: Value| {
        let project = project(&[("pyproject.toml", text)]);
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&initialize(&project, &[], json!({"extras": extras})));
        let outputs = pixi.outputs(&Outputs::new(&project.metadata_work("ex")));
        let groups = outputs[0]["extraDependencies"].as_object().cloned();
        let groups = groups.into_iter().flatten().map(|(group, specs)| {
            let specs = specs.as_array().into_iter().flatten();
            let specs = specs.map(|spec| format!("{} {}", spec["name"], spec["binary"]["version"]));
            format!("{group}: {}", specs.collect::<Vec<_>>().join(", "))
        });
        groups.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(groups(json!(false)), "");
    insta::assert_snapshot!(groups(json!(["Color.S", "no"])), @r#"color-s: "msgpack-python" ">=1.0,1.*""#);
    insta::assert_snapshot!(groups(json!(true)), @r#"
    all: "msgpack-python" ">=1.0,1.*", "rich" null
    color-s: "msgpack-python" ">=1.0,1.*"
    docs: "sphinx" null
    "#);
}

#[test]
fn an_unambiguous_classifier_decides_about_a_vague_license() {
    const LATER: &str =
        "License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)";
    let license = |files: &[(&str, &str)]| {
        let project = project(files);
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&initialize(&project, &[], plain()));
        let outputs = pixi.outputs(&Outputs::new(&project.metadata_work("a")));
        outputs[0]["metadata"]["license"].clone()
    };
    let toml = |license: &str, classifiers: &str| {
        format!(
            "[project]\nname = \"a\"\nversion = \"1\"\nlicense = {license}\nclassifiers = [{classifiers}]\n"
        )
    };
    let later = format!("\"{LATER}\"");
    for (text, classifiers, expected) in [
        ("\"GPL\"", later.as_str(), json!("GPL-3.0-or-later")),
        ("{ text = \"GPL\" }", &later, json!("GPL-3.0-or-later")),
        ("{ text = \"GPL\" }", "", json!(null)),
        (
            "{ text = \"BSD\" }",
            "\"License :: OSI Approved :: BSD License\"",
            json!(null),
        ),
        ("{ text = \"MIT License\" }", "", json!("MIT")),
    ] {
        let text = toml(text, classifiers);
        assert_eq!(license(&[("pyproject.toml", &text)]), expected, "{text}");
    }
    let setup = format!(
        "from setuptools import setup\n\
         setup(name='a', version='1', license='GPL', classifiers=[\n'{LATER}',\n])\n"
    );
    assert_eq!(license(&[("setup.py", &setup)]), json!("GPL-3.0-or-later"));
}
