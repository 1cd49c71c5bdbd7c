//! The files of a package when the backend lists them.
//!
//! A backend lists the files when not every new file in the prefix belongs to the package, and
//! rattler-build accepts such a list. This module adds the files that hooks and options install,
//! which belong to the package as well.

use std::collections::BTreeSet;
use std::path::PathBuf;

use miette::Report;
use rattler_build_core::types::Output;

use crate::disk;
use crate::engine::clean_prefix::made;
use crate::engine::finish::Finish;

/// The files of a package that are known so far, relative to the host prefix.
pub(super) struct ListedFiles {
    /// The files that a hook installed before the script ran.
    early: BTreeSet<PathBuf>,
    /// The files that the backend lists, and all files that were in the prefix when the script
    /// ended.
    script: Option<(Vec<PathBuf>, BTreeSet<PathBuf>)>,
}

impl ListedFiles {
    /// Records the files that a hook has installed before the script runs.
    ///
    /// # Errors
    /// A prefix that cannot be read.
    pub(super) fn before_script(finish: &Finish<'_>) -> Result<Self, Report> {
        let hooks = &finish.plan.extras.hooks;
        let early = match hooks.before_build {
            Some(_) => made(&finish.paths.host_prefix, finish.swept)?,
            None => BTreeSet::new(),
        };
        Ok(Self {
            early,
            script: None,
        })
    }

    /// Records the list of the backend, if there is one, after the script.
    ///
    /// # Errors
    /// A prefix that cannot be read.
    pub(super) fn after_script(
        &mut self,
        listed: Option<Vec<PathBuf>>,
        finish: &Finish<'_>,
    ) -> Result<(), Report> {
        if let Some(listed) = listed {
            let all = made(&finish.paths.host_prefix, finish.swept)?;
            self.script = Some((listed, all));
        }
        Ok(())
    }

    /// Writes the list for rattler-build, with the files that hooks and options installed. Returns
    /// the files of the package, relative to the prefix.
    ///
    /// # Errors
    /// A prefix that cannot be read or a list that cannot be written.
    pub(super) fn write(
        self,
        output: &Output,
        finish: &Finish<'_>,
    ) -> Result<BTreeSet<PathBuf>, Report> {
        let all = made(&finish.paths.host_prefix, finish.swept)?;
        let Some((listed, known)) = self.script else {
            return Ok(all);
        };
        let later = all.difference(&known).cloned();
        let paths: BTreeSet<PathBuf> = listed.into_iter().chain(self.early).chain(later).collect();
        let lines = paths.iter().map(|path| format!("{}\n", path.display()));
        let directories = &output.build_configuration.directories;
        let list = directories.package_files_list_path();
        disk::write(&list, &lines.collect::<String>())?;
        Ok(paths)
    }
}
