//! The files of a package where the script says which those are.
//!
//! A script writes them into a list (`RATTLER_BUILD_PACKAGE_FILES`) if not everything new in
//! the prefix belongs to the package. rattler-build knows of one script for each package and
//! forgets the list when a hook runs; and neither hooks nor options that install files write
//! into it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, Report};
use rattler_build_core::packaging::read_package_files_list;
use rattler_build_core::types::Output;

use crate::disk;
use crate::engine::clean_prefix::made;
use crate::engine::finish::Finish;

/// What is known of the files of a package, paths below the host prefix.
pub(super) struct ListedFiles {
    /// Those that a hook installed before the script ran.
    early: BTreeSet<PathBuf>,
    /// The list of the script, with everything that was there when it ended.
    script: Option<(Vec<PathBuf>, BTreeSet<PathBuf>)>,
}

impl ListedFiles {
    /// Looks before the script runs.
    ///
    /// # Errors
    /// A prefix that cannot be read.
    pub(super) fn before_script(finish: &Finish<'_>) -> Result<Self, Report> {
        let hooks = &finish.plan.extras.hooks;
        let early = match hooks.before_build {
            Some(_) => made(&finish.paths.host_prefix, finish.foreign)?,
            None => BTreeSet::new(),
        };
        Ok(Self {
            early,
            script: None,
        })
    }

    /// Keeps the list of the script, if it wrote one.
    ///
    /// # Errors
    /// A list or a prefix that cannot be read.
    pub(super) fn after_script(
        &mut self,
        output: &Output,
        finish: &Finish<'_>,
    ) -> Result<(), Report> {
        if let Some(listed) = read_package_files_list(&place(output)).into_diagnostic()? {
            let all = made(&finish.paths.host_prefix, finish.foreign)?;
            self.script = Some((listed, all));
        }
        Ok(())
    }

    /// Writes the list again, with what hooks and options installed.
    ///
    /// # Errors
    /// A prefix that cannot be read, a list that cannot be written.
    pub(super) fn complete(self, output: &Output, finish: &Finish<'_>) -> Result<(), Report> {
        let Some((listed, known)) = self.script else {
            return Ok(());
        };
        let all = made(&finish.paths.host_prefix, finish.foreign)?;
        let later = all.difference(&known);
        let text = |path: &Path| format!("{}\n", path.display());
        let paths = listed.iter().chain(&self.early).chain(later);
        let paths: BTreeSet<String> = paths.map(|path| text(path)).collect();
        let paths: Vec<String> = paths.into_iter().collect();
        Ok(disk::write(&place(output), &paths.concat())?)
    }
}

fn place(output: &Output) -> PathBuf {
    let directories = &output.build_configuration.directories;
    directories.package_files_list_path()
}
