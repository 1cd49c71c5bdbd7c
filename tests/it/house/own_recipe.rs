//! The recipe of this project agrees with the source.

use std::collections::HashSet;
use std::path::Path;

use pixi_build_backends::backends;
use pixi_build_backends::protocol::API_VERSIONS;
use rattler_build_recipe::stage0::parse_recipe_or_multi_from_source;
use rattler_build_recipe::stage1::{Dependency, Recipe};
use rattler_build_recipe::variant_render::{RenderConfig, render_recipe_with_variant_config};
use rattler_build_variant_config::VariantConfig;
use rattler_conda_types::Subdir;

fn rendered(platform: Subdir) -> Vec<Recipe> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipe/recipe.yaml");
    let text = fs_err::read_to_string(path).expect("the recipe exists");
    let recipe = parse_recipe_or_multi_from_source(&text).expect("the recipe can be read");
    let variants = "c_stdlib: [sysroot]\nc_stdlib_version: [\"2.28\"]\n";
    let variants = VariantConfig::from_yaml_str(variants).expect("own variants");
    let config = RenderConfig::new().with_target_platform(platform);
    let rendered = render_recipe_with_variant_config(&recipe, &variants, config);
    let rendered = rendered.unwrap_or_else(|error| panic!("{platform}: {error}"));
    rendered.into_iter().map(|output| output.recipe).collect()
}

#[test]
fn the_packages_say_which_versions_they_speak() {
    let (oldest, newest) = (API_VERSIONS.start(), API_VERSIONS.end());
    let speaks = format!("pixi-build-api-version >={oldest},<{}", newest + 1);
    for platform in [Subdir::Linux64, Subdir::OsxArm64, Subdir::Win64] {
        let recipes = rendered(platform);
        let names = recipes
            .iter()
            .map(|recipe| recipe.package().name().as_normalized());
        let backends = backends::ALL.iter().map(|backend| backend.name());
        assert_eq!(
            names.collect::<HashSet<_>>(),
            backends.collect::<HashSet<_>>()
        );
        for recipe in recipes {
            let name = recipe.package().name().as_normalized().to_string();
            let version = recipe.package().version().to_string();
            assert_eq!(version, env!("CARGO_PKG_VERSION"));
            let license = recipe.about().license.as_ref().map(ToString::to_string);
            assert_eq!(license.as_deref(), Some("BSD-3-Clause"));
            let run = recipe.requirements().run.iter();
            let plain = run.filter_map(|dependency| match dependency {
                Dependency::Spec(spec) => Some(spec.to_string()),
                _ => None,
            });
            assert_eq!(
                plain.collect::<Vec<_>>(),
                std::slice::from_ref(&speaks),
                "{name}"
            );
            // A launcher requires the package with the executable of the same build.
            let needs_holder = name != "pixi-build-rust";
            let pins = recipe.requirements().run.len() - 1;
            assert_eq!(pins, usize::from(needs_holder), "{name}");
            assert!(!recipe.tests.is_empty());
        }
    }
}
