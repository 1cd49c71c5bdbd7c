//! The order in which packages are built.
//!
//! A package is built after the packages in its build and host environments, and after the
//! packages that those need at run time. Packages may need each other at run time.

use std::collections::BTreeSet;

use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::cli::build::build_graph::{Index, PackageNode};

/// All packages that must be built for `asked`, in their order.
///
/// # Errors
/// [`Cycle`].
pub(super) fn order(nodes: &[PackageNode], asked: &[Index]) -> Result<Vec<Index>, Report> {
    let mut sorter = Sorter {
        nodes,
        order: Vec::new(),
        begun: Vec::new(),
        path: Vec::new(),
    };
    for index in asked {
        sorter.build(*index)?;
    }
    for index in asked {
        sorter.install(*index, &mut BTreeSet::new())?;
    }
    Ok(sorter.order)
}

struct Sorter<'a> {
    nodes: &'a [PackageNode],
    order: Vec<Index>,
    /// The packages that wait for their dependencies.
    begun: Vec<Index>,
    /// The path to the current package. Each package needs the next one.
    path: Vec<Index>,
}

impl Sorter<'_> {
    fn build(&mut self, index: Index) -> Result<(), Cycle> {
        if self.order.contains(&index) {
            return Ok(());
        }
        if self.begun.contains(&index) {
            return Err(self.cycle(index));
        }
        self.begun.push(index);
        self.path.push(index);
        let needs = &self.nodes[index].needs;
        let mut seen = BTreeSet::new();
        for need in needs.build.union(&needs.host) {
            self.install(*need, &mut seen)?;
        }
        self.path.pop();
        self.begun.pop();
        self.order.push(index);
        Ok(())
    }

    /// Adds a package and the packages that it needs at run time.
    fn install(&mut self, index: Index, seen: &mut BTreeSet<Index>) -> Result<(), Cycle> {
        if !seen.insert(index) {
            return Ok(());
        }
        self.build(index)?;
        self.path.push(index);
        for need in &self.nodes[index].needs.run {
            self.install(*need, seen)?;
        }
        self.path.pop();
        Ok(())
    }

    fn cycle(&self, index: Index) -> Cycle {
        let place = |index: &Index| {
            let node = &self.nodes[*index];
            format!("`{}` ({})", node.name, node.manifest().display())
        };
        let from = self.path.iter().position(|passed| *passed == index);
        let mut chain: Vec<String> = self.path[from.unwrap_or(0)..].iter().map(place).collect();
        let name = self.nodes[index].name.clone();
        chain.push(format!("`{name}`"));
        Cycle {
            name,
            chain: chain.join(" needs "),
        }
    }
}

/// Packages that wait for each other.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` has to be built before itself: {chain}")]
#[diagnostic(
    code(environment::cycle),
    help(
        "take one of these packages from a channel: give it a version instead of a path, or make \
         it a run dependency if the build does not need it"
    )
)]
struct Cycle {
    name: String,
    chain: String,
}
