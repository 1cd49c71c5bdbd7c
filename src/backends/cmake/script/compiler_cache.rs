//! Settings of ccache and sccache, so that objects outlive the build tree.

use std::path::Path;

use super::super::view::View;
use crate::backend::options::CompilerCache;
use crate::backend::script::{Step, StepCondition, Word};

/// Settings of each cache that is in the build environment. Those in `env` have priority.
pub(super) fn settings(view: &View<'_>) -> Vec<Step> {
    if view.request.config.compiler_cache == CompilerCache::None {
        return Vec::new();
    }
    let ccache = [
        ("CCACHE_DIR", directory(view, "ccache")),
        // The time stamp of a compiler changes whenever its environment is installed.
        ("CCACHE_COMPILERCHECK", Some("content".into())),
        // With one, the paths that compilers read are relative, and headers of packages are not
        // recognized by their prefix.
        ("CCACHE_BASEDIR", Some(Word::literal(""))),
        // Without preprocessing, ccache does not notice a header that another package adds.
        ("CCACHE_NODIRECT", Some("1".into())),
    ];
    let sccache = [
        ("SCCACHE_DIR", directory(view, "sccache")),
        // Without preprocessing, sccache takes the object of another checkout for that of this one.
        ("SCCACHE_DIRECT", Some("false".into())),
    ];
    let mut steps = vec![when_installed(view, "ccache", set(view, ccache))];
    let mut for_sccache = set(view, sccache);
    // sccache ignores the headers that this variable leads to.
    for_sccache.push(Step::unset(&["CPATH"]));
    steps.push(when_installed(view, "sccache", for_sccache));
    steps
}

fn set<const N: usize>(view: &View<'_>, variables: [(&str, Option<Word>); N]) -> Vec<Step> {
    let env = &view.request.config.env;
    let variables = variables.into_iter();
    variables
        .filter(|(name, _)| !env.contains_key(name))
        .filter_map(|(name, value)| Some(Step::Set(name.to_string(), value?)))
        .collect()
}

fn when_installed(view: &View<'_>, program: &str, steps: Vec<Step>) -> Step {
    let path = if view.request.platforms.build.is_windows() {
        format!("\\Library\\bin\\{program}.exe")
    } else {
        format!("/bin/{program}")
    };
    let program = Word::variable("BUILD_PREFIX").then(path);
    Step::When(StepCondition::File(program), steps)
}

/// The directory of the user's cache, which a build would not find, because it has a home
/// directory of its own.
fn directory(view: &View<'_>, program: &str) -> Option<Word> {
    let request = view.request;
    let variable = format!("{}_DIR", program.to_uppercase());
    let chosen = request.env.get(&variable).map(Word::literal);
    let shared = || {
        request
            .folders
            .cache
            .as_ref()
            .map(|cache| literal(&cache.join(program)))
    };
    chosen.or_else(shared)
}

fn literal(path: &Path) -> Word {
    Word::literal(path.display().to_string())
}
