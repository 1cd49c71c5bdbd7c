//! A recipe with any error leads to a response or an error, never to a panic.

use pixi_build_backends::backend::{Env, Platforms};
use pixi_build_backends::backends::rattler_build::RattlerBuild;
use pixi_build_backends::engine::{PlanRequest, Session, plan};
use pixi_build_backends::protocol::initialize;
use pixi_build_backends::recipe::variants::VariantSelection;
use rattler_conda_types::Subdir;
use serde_json::json;

use super::project;
use super::suite::{recipes, variants};

/// Texts that a typing error can insert.
const SLIPS: [&str; 22] = [
    "\t", "ä", "{", "}", "[", "]", "${{", "}}", "'", "\"", ":", "- ", "#", "|", "&a", "*a", "\n",
    "\u{feff}", "\0", "=", "  ", "🦀",
];

/// A generator of pseudorandom numbers, which are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).expect("the number fits"))
            .expect("the number fits")
    }
}

#[test]
fn no_recipe_makes_the_backend_panic() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for path in recipes() {
        let text = fs_err::read_to_string(&path).expect("the recipe is readable");
        for _ in 0..10 {
            describe(&slipped(&text, &mut numbers));
        }
    }
}

/// Returns the text with one to three errors.
fn slipped(text: &str, numbers: &mut Numbers) -> String {
    let mut text = text.to_string();
    for _ in 0..=numbers.below(2) {
        let at = numbers.below(text.len());
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at));
        let at = at.expect("zero is a boundary of characters");
        let line = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
        match numbers.below(5) {
            0 => text.insert_str(at, SLIPS[numbers.below(SLIPS.len())]),
            1 => drop(text.drain(at..line)),
            2 => text.truncate(at),
            3 => {
                let copied = text[at..line].to_string();
                text.insert_str(at, &copied);
            }
            _ => {
                let next = text[at..].chars().next().map_or(0, char::len_utf8);
                drop(text.drain(at..at + next));
            }
        }
    }
    text
}

fn describe(recipe: &str) {
    let project = project(recipe).file("variants.yaml", variants());
    let params: initialize::Params = serde_json::from_value(json!({
        "manifestPath": project.dir().join("pixi.toml"),
        "sourceDirectory": project.dir(),
    }))
    .expect("the parameters are valid");
    let described = std::panic::catch_unwind(|| {
        let session = Session::open(&RattlerBuild, params, Env::default())?;
        let ask = PlanRequest {
            platforms: Platforms {
                build: Subdir::Linux64,
                host: Subdir::Linux64,
            },
            choice: VariantSelection::Matrix {
                files: Vec::new(),
                user: Default::default(),
            },
            editable: false,
        };
        plan(&session, &ask).map(|plan| plan.outputs.len())
    });
    match described {
        // Formatting the error reads the text at every label.
        Ok(Err(error)) => drop(format!("{error:?}")),
        Ok(Ok(_)) => {}
        Err(_) => panic!("this recipe makes the backend panic:\n{recipe}"),
    }
}
