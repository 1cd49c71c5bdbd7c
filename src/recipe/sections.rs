//! Dependencies by section of the recipe.

use indexmap::IndexMap;
use rattler_build_recipe::stage0::{ConditionalList, Item, Requirements, SerializableMatchSpec};

/// The dependencies of one section, in their order.
pub(super) type Specs = Vec<Item<SerializableMatchSpec>>;

/// All sections of a recipe.
#[derive(Default)]
pub(super) struct RequirementSections {
    pub(super) build: Specs,
    pub(super) host: Specs,
    pub(super) run: Specs,
    pub(super) run_constraints: Specs,
    pub(super) extras: IndexMap<String, Specs>,
    pub(super) weak: Specs,
    pub(super) strong: Specs,
    pub(super) noarch: Specs,
    pub(super) weak_constraints: Specs,
    pub(super) strong_constraints: Specs,
}

impl RequirementSections {
    /// Converts the sections to the type of rattler-build.
    pub(super) fn finish(self) -> Requirements {
        let list = ConditionalList::new;
        let mut requirements = Requirements {
            build: list(self.build),
            host: list(self.host),
            run: list(self.run),
            run_constraints: list(self.run_constraints),
            extras: self
                .extras
                .into_iter()
                .map(|(group, specs)| (group, list(specs)))
                .collect(),
            ..Default::default()
        };
        let exports = &mut requirements.run_exports;
        exports.weak = list(self.weak);
        exports.strong = list(self.strong);
        exports.noarch = list(self.noarch);
        exports.weak_constraints = list(self.weak_constraints);
        exports.strong_constraints = list(self.strong_constraints);
        requirements
    }
}
