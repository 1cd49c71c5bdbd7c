//! The picture of the README: the output in a terminal, drawn as SVG.
//!
//! After a change of the output, run the test with `UPDATE_PICTURE=1`.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use console::AnsiCodeIterator;
use indoc::formatdoc;
use regex::Regex;

use super::text;
use test_support::project::Project;

/// The size of a character and the space around the text, in pixels.
const WIDTH: usize = 8;
const HEIGHT: usize = 18;
const MARGIN: usize = 16;

/// The number of columns of the terminal.
const COLUMNS: usize = 96;

/// Replaces times, sizes and paths, so that the picture is the same in every run.
fn stable(shown: &str, project: &Project) -> String {
    let folder = project.dir().display().to_string();
    let mut shown = shown.replace(&folder, "/home/me/hello");
    for (pattern, instead) in [
        (r"in \d+\.\d+s", "in 0.19s"),
        (r"╰─(\S*) \d+\.\d s", "╰─$1 0.6 s"),
        (r"(packing the files:) \d+\.\d s", "$1 0.1 s"),
        (r"(\.conda, )[\d.]+ [KM]iB", "${1}184.0 KiB"),
        (r"(bin/hello\S*  )[\d.]+ [KM]iB", "${1}435.5 KiB"),
    ] {
        let pattern = Regex::new(pattern).expect("it is a pattern");
        shown = pattern.replace_all(&shown, instead).into_owned();
    }
    shown
}

/// Returns a command as the user types it, followed by the output in the terminal.
fn typed(command: &str, project: &Project) -> String {
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    let run = Command::new(assert_cmd::cargo::cargo_bin("pixi-build-rust"))
        .args(words)
        .current_dir(project.dir())
        .env_remove("NO_COLOR")
        .env_remove("RUST_LOG")
        .env_remove("GITHUB_ACTIONS")
        .env("CLICOLOR_FORCE", "1")
        .env("PIXI_CACHE_DIR", project.cache())
        .output()
        .expect("the executable starts");
    let shown = format!("{}{}", text(&run.stderr), text(&run.stdout));
    let shown = stable(&shown, project);
    format!(
        "\u{1b}[32m$\u{1b}[0m \u{1b}[1m{command}\u{1b}[0m\n{}",
        shown.trim_end()
    )
}

/// The style of text after an escape code.
#[derive(Default, Clone, Copy)]
struct Style {
    bold: bool,
    dim: bool,
    color: Option<&'static str>,
}

impl Style {
    fn after(mut self, codes: &str) -> Self {
        for code in codes.split(';') {
            self = match code.parse().unwrap_or(0) {
                0 => Self::default(),
                1 => Self { bold: true, ..self },
                2 => Self { dim: true, ..self },
                39 => Self {
                    color: None,
                    ..self
                },
                code => Self {
                    color: color(code).or(self.color),
                    ..self
                },
            };
        }
        self
    }

    fn attributes(self) -> String {
        let mut attributes = String::new();
        if let Some(color) = self.color {
            write!(attributes, " fill=\"{color}\"").expect("text can be written");
        }
        if self.bold {
            attributes.push_str(" font-weight=\"bold\"");
        }
        if self.dim {
            attributes.push_str(" opacity=\"0.6\"");
        }
        attributes
    }
}

fn color(code: u32) -> Option<&'static str> {
    Some(match code {
        31 | 91 => "#f47067",
        32 | 92 => "#8ddb8c",
        33 | 93 => "#f69d50",
        34 | 94 => "#6cb6ff",
        35 | 95 => "#dcbdfb",
        36 | 96 => "#96d0ff",
        _ => return None,
    })
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;")
}

fn svg(shown: &str) -> String {
    let lines: Vec<&str> = shown.lines().collect();
    let (width, height) = (
        COLUMNS * WIDTH + 2 * MARGIN,
        lines.len() * HEIGHT + 2 * MARGIN,
    );
    let mut svg = formatdoc!(
        r##"
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
            <title>pixi-build-rust in a terminal</title>
            <rect width="100%" height="100%" rx="8" fill="#1c2128"/>
            <g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#cdd9e5">
        "##
    );
    let mut style = Style::default();
    for (number, line) in lines.iter().enumerate() {
        let y = MARGIN + HEIGHT * number + HEIGHT * 3 / 4;
        write!(
            svg,
            "<text x=\"{MARGIN}\" y=\"{y}\" xml:space=\"preserve\">"
        )
        .expect("text");
        for (part, is_code) in AnsiCodeIterator::new(line) {
            if is_code {
                let codes = part.trim_start_matches("\u{1b}[");
                style = style.after(codes.trim_end_matches('m'));
            } else {
                let attributes = style.attributes();
                write!(svg, "<tspan{attributes}>{}</tspan>", escaped(part)).expect("text");
            }
        }
        svg.push_str("</text>\n");
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

#[test]
fn the_picture_of_the_front_page_is_what_a_terminal_shows() {
    let project = Project::hello().file("LICENSE", "the text\n");
    let backend = "[package.build.backend]\nname = \"pixi-build-rust\"\n";
    let project = project.pixi_toml(&formatdoc!(
        r#"
        [package]
        name = "hello"

        {backend}"#
    ));
    let built = typed("pixi-build-rust build --system-toolchain", &project);
    let misspelled = "\n[package.build.config]\nextra-arg = [\"--features\", \"tls\"]\n";
    project.write(
        "pixi.toml",
        formatdoc!(
            r#"
            [package]
            name = "hello"

            {backend}{misspelled}"#
        ),
    );
    let refused = typed("pixi-build-rust build --system-toolchain", &project);
    let picture = svg(&formatdoc!(
        "
        {built}

        {refused}"
    ));
    assert!(picture.contains("did you mean `extra-args`?"), "{picture}");

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/terminal.svg");
    if std::env::var_os("UPDATE_PICTURE").is_some() {
        fs_err::write(&path, &picture).expect("docs are writable");
    }
    let drawn = fs_err::read_to_string(&path).unwrap_or_default();
    assert!(
        drawn == picture,
        "run this test with UPDATE_PICTURE=1:\n{picture}"
    );
}
