//! Finds the output of a build and checks that it still matches its description.

use std::collections::BTreeMap;

use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::engine::Plan;
use crate::protocol::build::OutputId;
use crate::protocol::outputs::VariantValue;
use crate::recipe::{Own, Rendered, variants};

impl Plan<'_> {
    /// The output that `id` names.
    ///
    /// # Errors
    /// [`NoSuchOutput`], [`Ambiguous`], or [`OutputDrift`] or [`VariantDrift`] when the
    /// output with the variant does not match its description.
    pub fn select(&self, id: &OutputId) -> Result<&Rendered, Report> {
        let name = id.name.to_lowercase();
        let named = || self.outputs.iter().filter(|output| output.name() == name);
        let mut matching: Vec<&Rendered> = named()
            .filter(|output| has_variant(&output.wire, &id.variant))
            .collect();
        if matching.len() > 1 {
            let same = |output: &&Rendered| id.build.as_ref() == Some(&output.build_string);
            if let Some(output) = matching.iter().copied().find(same) {
                matching = vec![output];
            }
        }
        match matching.as_slice() {
            [output] => {
                self.check_drift(output, id)?;
                Ok(output)
            }
            [] => Err(self.missing(id, named().collect())),
            several => Err(Ambiguous {
                wanted: id.to_string(),
                candidates: list(several),
            }
            .into()),
        }
    }

    fn missing(&self, id: &OutputId, named: Vec<&Rendered>) -> Report {
        let [only] = named.as_slice() else {
            let all: Vec<&Rendered> = self.outputs.iter().collect();
            return NoSuchOutput {
                wanted: id.to_string(),
                available: list(&all),
            }
            .into();
        };
        VariantDrift {
            wanted: id.to_string(),
            asked: variants::show(&id.variant),
            found: variants::show(&only.wire),
        }
        .into()
    }

    fn check_drift(&self, output: &Rendered, id: &OutputId) -> Result<(), OutputDrift> {
        let version = output.version().to_string();
        let fields = [
            ("version", id.version.as_deref(), version.as_str()),
            ("build string", id.build.as_deref(), &output.build_string),
            (
                "subdir",
                Some(id.subdir.as_str()),
                output.subdir(self.platforms.host).as_str(),
            ),
        ];
        for (field, described, built) in fields {
            if let Some(described) = described
                && described != built
            {
                return Err(OutputDrift {
                    name: output.name().to_string(),
                    field,
                    described: described.to_string(),
                    built: built.to_string(),
                    help: self.drift_advice(),
                });
            }
        }
        Ok(())
    }

    fn drift_advice(&self) -> &'static str {
        let reads_time = |own: &Own| own.text.word("now(", 0).is_some();
        if self.recipe.own().is_some_and(reads_time) {
            "the recipe calls `now()`, which is another time in each request: write a value that \
             stays the same, for example into `context`"
        } else {
            "a manifest was edited in between: run the command again"
        }
    }
}

fn has_variant(
    variant: &BTreeMap<String, VariantValue>,
    wanted: &BTreeMap<String, VariantValue>,
) -> bool {
    wanted
        .iter()
        .all(|(key, value)| variant.get(key) == Some(value))
}

/// Outputs with their variants.
fn list(outputs: &[&Rendered]) -> String {
    let outputs: Vec<String> = outputs
        .iter()
        .map(|output| {
            let variant = variants::show(&output.wire);
            format!("{} ({variant})", output.identifier())
        })
        .collect();
    outputs.join(", ")
}

/// The output does not match its description.
#[derive(Debug, Error, Diagnostic)]
#[error("the {field} of `{name}` changed from `{described}` to `{built}` since it was described")]
#[diagnostic(code(output::drift), help("{help}"))]
struct OutputDrift {
    name: String,
    field: &'static str,
    described: String,
    built: String,
    help: &'static str,
}

/// The output no longer uses the variants of its description.
#[derive(Debug, Error, Diagnostic)]
#[error("the variant of `{wanted}` changed from ({asked}) to ({found}) since it was described")]
#[diagnostic(
    code(output::variant_drift),
    help("a manifest or variant file was edited in between: run the command again")
)]
struct VariantDrift {
    wanted: String,
    asked: String,
    found: String,
}

/// There is no output with that name.
#[derive(Debug, Error, Diagnostic)]
#[error("the project does not build `{wanted}`")]
#[diagnostic(code(output::unknown), help("it builds: {available}"))]
struct NoSuchOutput {
    wanted: String,
    available: String,
}

/// More than one output has the variant.
#[derive(Debug, Error, Diagnostic)]
#[error("`{wanted}` could be any of {candidates}")]
#[diagnostic(
    code(output::ambiguous),
    help("name every variant key that distinguishes them")
)]
struct Ambiguous {
    wanted: String,
    candidates: String,
}
