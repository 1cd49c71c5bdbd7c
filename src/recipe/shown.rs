//! Dependencies in a readable form.

use miette::Report;
use rattler_conda_types::PackageName;

use crate::protocol::spec::{NamedSpec, PackageSpec};
use crate::recipe::{pin, spec};

/// A match spec, a pin, or the location of a source: `python >=3.12`, `app @ ../app`.
pub fn shown(dependency: &NamedSpec) -> String {
    // An invalid dependency is reported elsewhere; only its name is shown here.
    text(dependency).unwrap_or_else(|_| dependency.name.clone())
}

fn text(dependency: &NamedSpec) -> Result<String, Report> {
    let NamedSpec { name, spec } = dependency;
    let package: PackageName = name
        .parse()
        .map_err(|error| miette::miette!("`{name}`: {error}"))?;
    let call = |function, pin| -> Result<String, Report> {
        let call = pin::call(function, &package, pin)?;
        let inner = call.trim_start_matches("${{ ").trim_end_matches(" }}");
        Ok(inner.to_string())
    };
    match spec {
        PackageSpec::Binary(binary) => Ok(spec::to_match_spec(&package, binary)?.to_string()),
        PackageSpec::Source(source) => Ok(format!("{name} @ {}", source.location)),
        PackageSpec::PinCompatible(pin) => call("pin_compatible", pin),
        PackageSpec::PinSubpackage(pin) => call("pin_subpackage", pin),
    }
}
