//! Converts `exclude-newer` for the solver.

use jiff::{SignedDuration, Timestamp};
use rattler_conda_types::{MatchSpec, RepoDataRecord};
use rattler_solve::{ExcludeNewer, TimestampPolicy};

use crate::environments::dependency_spec::package_name;
use crate::project::load::{Cutoff, Solving};

/// The limits for the age of packages. They do not apply to packages that are built from
/// source.
pub(super) fn exclude_newer(solving: &Solving, sources: &[RepoDataRecord]) -> Option<ExcludeNewer> {
    let Solving {
        exclude_newer,
        channels,
        packages,
        channel_priority: _,
        places: _,
    } = solving;
    if exclude_newer.is_none() && channels.is_empty() && packages.is_empty() {
        return None;
    }
    let mut limits = ExcludeNewer::from_datetime(exclude_newer.map_or(Timestamp::MAX, moment));
    if exclude_newer.is_none() {
        // Without a limit, a package may have any age, or an unknown one.
        limits = limits.with_timestamp_policy(TimestampPolicy::AllowMissing);
    }
    for (url, cutoff) in channels {
        // Records name their channel with a slash at the end of the URL.
        limits = limits.with_channel_cutoff(format!("{url}/"), moment(*cutoff));
    }
    for (name, cutoff) in packages {
        if let Ok(name) = package_name(name) {
            #[expect(
                deprecated,
                reason = "pixi lets a package be stricter than its channel"
            )]
            let stricter = limits.with_package_cutoff(name, moment(*cutoff));
            limits = stricter;
        }
    }
    for source in sources {
        let name = MatchSpec::from(source.package_record.name.clone());
        limits = limits
            .with_exemption(name)
            .expect("a bare name is what an exemption takes");
    }
    Some(limits)
}

fn moment(cutoff: Cutoff) -> Timestamp {
    match cutoff {
        Cutoff::At(moment) => moment,
        Cutoff::Age(age) => SignedDuration::try_from(age)
            .ok()
            .and_then(|age| Timestamp::now().checked_sub(age).ok())
            .unwrap_or(Timestamp::MIN),
    }
}
