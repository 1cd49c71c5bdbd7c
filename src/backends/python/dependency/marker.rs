//! Markers: the conditions under which a dependency applies.
//!
//! The platform of the package and its range of Python versions are known before the build. A
//! marker is decided if it has the same value for all of them.

use pep440_rs::VersionSpecifiers;
use pep508_rs::pep440_rs::release_specifiers_to_ranges;
use pep508_rs::{MarkerTree, MarkerTreeKind, MarkerValueString};
use rattler_conda_types::Subdir;

/// The cases in which a dependency applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Counts {
    /// All cases.
    Always,
    /// No case.
    Never,
    /// Some versions of Python or of the operating system.
    Sometimes,
}

impl Counts {
    fn or(self, other: Self) -> Self {
        if self == other { self } else { Self::Sometimes }
    }
}

/// Determines whether a dependency with this `marker` applies on `platform`, with the versions
/// of Python that `python` allows.
pub(in super::super) fn counts(
    marker: &MarkerTree,
    platform: Subdir,
    python: &VersionSpecifiers,
) -> Counts {
    decide(marker, platform, python)
}

fn decide(marker: &MarkerTree, platform: Subdir, python: &VersionSpecifiers) -> Counts {
    let any = |children: Vec<MarkerTree>| {
        let decided = children.iter().map(|child| decide(child, platform, python));
        decided.reduce(Counts::or).unwrap_or(Counts::Never)
    };
    match marker.kind() {
        MarkerTreeKind::True => Counts::Always,
        MarkerTreeKind::False => Counts::Never,
        MarkerTreeKind::Version(node) => {
            // The key is a version of Python. This includes `implementation_version`, which is
            // the version of Python for CPython.
            let admitted = release_specifiers_to_ranges(python.clone());
            let reached = node
                .edges()
                .filter(|(range, _)| !range.is_disjoint(&admitted));
            any(reached.map(|(_, child)| child).collect())
        }
        MarkerTreeKind::String(node) => match value(node.key(), platform) {
            Some(value) => {
                let value = value.to_string();
                let mut children = node.children();
                let taken = children.find(|(range, _)| range.contains(&value));
                any(taken.map(|(_, child)| child).into_iter().collect())
            }
            None => any(node.children().map(|(_, child)| child).collect()),
        },
        MarkerTreeKind::In(node) => match value(node.key(), platform) {
            Some(value) => any(vec![node.edge(node.value().contains(value))]),
            None => any(node.children().map(|(_, child)| child).collect()),
        },
        MarkerTreeKind::Contains(node) => match value(node.key(), platform) {
            Some(value) => any(vec![node.edge(value.contains(node.value()))]),
            None => any(node.children().map(|(_, child)| child).collect()),
        },
        MarkerTreeKind::Extra(node) => any(vec![node.edge(false)]),
    }
}

/// The value of a marker variable on `platform`. `None` if the platform does not determine it.
fn value(key: &MarkerValueString, platform: Subdir) -> Option<&'static str> {
    let by_system = |linux, osx, win| match platform {
        platform if platform.is_windows() => win,
        platform if platform.is_osx() => osx,
        _ => linux,
    };
    Some(match key {
        MarkerValueString::ImplementationName => "cpython",
        MarkerValueString::PlatformPythonImplementation
        | MarkerValueString::PlatformPythonImplementationDeprecated
        | MarkerValueString::PythonImplementationDeprecated => "CPython",
        MarkerValueString::OsName | MarkerValueString::OsNameDeprecated => {
            by_system("posix", "posix", "nt")
        }
        MarkerValueString::PlatformSystem => by_system("Linux", "Darwin", "Windows"),
        MarkerValueString::SysPlatform | MarkerValueString::SysPlatformDeprecated => {
            by_system("linux", "darwin", "win32")
        }
        MarkerValueString::PlatformMachine | MarkerValueString::PlatformMachineDeprecated => {
            machine(platform)?
        }
        MarkerValueString::PlatformRelease
        | MarkerValueString::PlatformVersion
        | MarkerValueString::PlatformVersionDeprecated => return None,
    })
}

fn machine(platform: Subdir) -> Option<&'static str> {
    /// The architectures that have the same name in markers and in subdirs.
    const ALIKE: [&str; 6] = ["aarch64", "ppc64le", "s390x", "riscv64", "armv7l", "armv6l"];
    Some(match platform.as_str() {
        "win-64" => "AMD64",
        "win-32" => "x86",
        "win-arm64" => "ARM64",
        "osx-arm64" => "arm64",
        "linux-32" => "i686",
        other if other.ends_with("-64") => "x86_64",
        other => ALIKE.into_iter().find(|machine| other.ends_with(machine))?,
    })
}

/// Virtual packages, and whether Linux, macOS and Windows have them. The coarsest ones come first.
const SYSTEMS: [(&str, [bool; 3]); 4] = [
    ("__unix", [true, true, false]),
    ("__win", [false, false, true]),
    ("__linux", [true, false, false]),
    ("__osx", [false, true, false]),
];

/// The usual platforms of each system: Linux, macOS, Windows.
const EACH: [[Subdir; 2]; 3] = [
    [Subdir::Linux64, Subdir::LinuxAarch64],
    [Subdir::OsxArm64, Subdir::Osx64],
    [Subdir::Win64, Subdir::WinArm64],
];

/// The index of the system of `platform` in [`EACH`].
fn index(platform: Subdir) -> usize {
    match platform {
        platform if platform.is_windows() => 2,
        platform if platform.is_osx() => 1,
        _ => 0,
    }
}

/// The coarsest virtual package of `platform` that no system with another result of `counted`
/// has. `None` if the result is the same on all systems.
pub(in super::super) fn system(
    platform: Subdir,
    counted: impl Fn(Subdir) -> Counts,
) -> Option<&'static str> {
    let here = counted(platform);
    let own = index(platform);
    let mut alike = EACH.map(|platforms| platforms.map(&counted) == [here; 2]);
    alike[own] = true;
    if alike == [true; 3] {
        return None;
    }
    let fits = |systems: &[bool; 3]| {
        systems[own] && (0..3).all(|system| !systems[system] || alike[system])
    };
    let mut named = SYSTEMS.iter().filter(|(_, systems)| fits(systems));
    named.next().map(|(name, _)| *name)
}

/// Whether the result of `counted` differs between the architectures of the system of
/// `platform`. No virtual package stands for an architecture.
pub(in super::super) fn differs_by_architecture(
    platform: Subdir,
    counted: impl Fn(Subdir) -> Counts,
) -> bool {
    let [one, other] = EACH[index(platform)].map(counted);
    one != other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backends::python::dependency::requirement::Requirement;

    fn decided(marker: &str, platform: Subdir, python: &str) -> Counts {
        let requirement = Requirement::parse(&format!("x; {marker}")).expect(marker);
        let python = python.parse().expect(python);
        counts(&requirement.marker, platform, &python)
    }

    #[test]
    fn platforms_are_known() {
        use Counts::{Always, Never};
        for (marker, linux, osx, win) in [
            ("sys_platform == 'win32'", Never, Never, Always),
            ("os_name == 'nt'", Never, Never, Always),
            ("platform_system != 'Darwin'", Always, Never, Always),
            ("platform_machine == 'x86_64'", Always, Never, Never),
            ("sys_platform in 'linux darwin'", Always, Always, Never),
            ("implementation_name == 'pypy'", Never, Never, Never),
            ("extra == 'test'", Never, Never, Never),
            (
                "sys_platform == 'win32' and python_version >= '3.8'",
                Never,
                Never,
                Always,
            ),
        ] {
            let at = |platform| decided(marker, platform, ">=3.9");
            let all = (at(Subdir::Linux64), at(Subdir::OsxArm64), at(Subdir::Win64));
            assert_eq!(all, (linux, osx, win), "{marker}");
        }
    }

    #[test]
    fn versions_of_python_are_a_range() {
        for (marker, python, expected) in [
            ("python_version < '3.11'", ">=3.11", Counts::Never),
            ("python_version < '3.11'", ">=3.9", Counts::Sometimes),
            ("python_version < '3.11'", ">=3.9,<3.11", Counts::Always),
            ("python_full_version < '3.11'", "==3.10.*", Counts::Always),
            ("python_version >= '3.8'", "", Counts::Sometimes),
            ("platform_release == '5'", ">=3.9", Counts::Sometimes),
        ] {
            assert_eq!(
                decided(marker, Subdir::Linux64, python),
                expected,
                "{marker}"
            );
        }
    }

    #[test]
    fn the_coarsest_system_that_is_right() {
        let differs = |marker: &'static str, platform| {
            system(platform, move |platform| decided(marker, platform, ""))
        };
        let windows = "sys_platform == 'win32'";
        assert_eq!(differs(windows, Subdir::Linux64), Some("__unix"));
        assert_eq!(differs(windows, Subdir::Win64), Some("__win"));
        let apple = "sys_platform == 'darwin'";
        assert_eq!(differs(apple, Subdir::Linux64), Some("__linux"));
        assert_eq!(differs(apple, Subdir::OsxArm64), Some("__osx"));
        assert_eq!(differs("python_version >= '3'", Subdir::Linux64), None);
    }

    #[test]
    fn a_system_is_alike_if_its_architectures_are() {
        let differs = |marker: &'static str, platform| {
            let counted = move |platform| decided(marker, platform, "");
            (
                system(platform, counted),
                differs_by_architecture(platform, counted),
            )
        };
        let intel = "platform_machine == 'x86_64'";
        assert_eq!(differs(intel, Subdir::Linux64), (Some("__linux"), true));
        assert_eq!(differs(intel, Subdir::OsxArm64), (Some("__osx"), true));
        let intel_linux = "platform_machine == 'x86_64' and sys_platform == 'linux'";
        assert_eq!(differs(intel_linux, Subdir::Win64), (Some("__win"), false));
        let windows = "sys_platform == 'win32'";
        assert_eq!(differs(windows, Subdir::Linux64), (Some("__unix"), false));
    }
}
