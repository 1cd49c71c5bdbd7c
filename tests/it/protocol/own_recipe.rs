//! The recipe of this project itself: what it promises must be true.

use std::collections::HashSet;
use std::path::Path;

use pixi_build_backends::protocol::API_VERSIONS;
use rattler_build_recipe::stage0::parse_recipe_or_multi_from_source;
use rattler_build_recipe::stage1::{Dependency, Recipe};
use rattler_build_recipe::variant_render::{RenderConfig, render_recipe_with_variant_config};
use rattler_build_variant_config::VariantConfig;
use rattler_conda_types::Subdir;

fn rendered(platform: Subdir) -> Recipe {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipe/recipe.yaml");
    let text = fs_err::read_to_string(path).expect("the recipe exists");
    let recipe = parse_recipe_or_multi_from_source(&text).expect("the recipe can be read");
    let variants = "c_stdlib: [sysroot]\nc_stdlib_version: [\"2.28\"]\n";
    let variants = VariantConfig::from_yaml_str(variants).expect("own variants");
    let config = RenderConfig::new().with_target_platform(platform);
    let rendered = render_recipe_with_variant_config(&recipe, &variants, config);
    let rendered = rendered.unwrap_or_else(|error| panic!("{platform}: {error}"));
    assert_eq!(rendered.len(), 1);
    rendered.into_iter().next().expect("there is one").recipe
}

#[test]
fn the_package_says_which_versions_it_speaks() {
    for platform in [Subdir::Linux64, Subdir::OsxArm64, Subdir::Win64] {
        let recipe = rendered(platform);
        assert_eq!(
            recipe.package().version().to_string(),
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(recipe.package().name().as_normalized(), "pixi-build-rust");
        let license = recipe.about().license.as_ref().map(ToString::to_string);
        assert_eq!(license.as_deref(), Some("BSD-3-Clause"));

        let run = recipe
            .requirements()
            .run
            .iter()
            .map(|dependency| match dependency {
                Dependency::Spec(spec) => spec.to_string(),
                other => panic!("{other:?} is not a plain dependency"),
            });
        let (oldest, newest) = (API_VERSIONS.start(), API_VERSIONS.end());
        let expected = format!("pixi-build-api-version >={oldest},<{}", newest + 1);
        assert_eq!(run.collect::<HashSet<_>>(), HashSet::from([expected]));
        assert!(!recipe.tests.is_empty());
    }
}
