//! The commands without pixi make the same build request as pixi.

use pixi_build_backends::backend::Platforms;
use pixi_build_backends::environments::{
    ClientOptions, CondaClient, LockMode, Network, OutputToSolve, Prefixes, SolveSettings,
    SourceRecords,
};
use pixi_build_backends::project::load;
use pixi_build_backends::protocol::build::Params;
use rattler_conda_types::{RepoDataRecord, Subdir};
use serde_json::{Value, json};

use crate::server::Server;
use test_support::channel::Channel;
use test_support::fixtures::{Exchange, Fixture, requests};
use test_support::packages::Package;

/// A channel with the packages that pixi installed when the session was recorded.
fn channel_of(fixture: &Fixture, params: &Value) -> Channel {
    let mut channel = Channel::new(fixture.project.cache().join("channel"));
    for prefix in ["buildPrefix", "hostPrefix"] {
        let records = params[prefix]["packages"].clone();
        let records: Vec<RepoDataRecord> = serde_json::from_value(records).expect("own fixture");
        for record in records {
            let record = record.package_record;
            let mut package = Package::new(record.name.as_source(), &record.version.to_string())
                .build(record.build.as_str(), record.build_number)
                .depends(record.depends);
            if let Some(exports) = record.run_exports {
                package = package.run_exports(exports);
            }
            channel.add(package);
        }
    }
    channel
}

/// Returns the request for environments that are solved from the channel.
fn solved(fixture: &Fixture, process: &[Exchange], build: &Exchange) -> Value {
    let mut recorded: Params = serde_json::from_value(build.params.clone()).expect("own fixture");
    let channel = channel_of(fixture, &build.params);
    let initialize = requests(process, "initialize").next().expect("own fixture");
    let outputs = requests(process, "conda/outputs")
        .last()
        .expect("own fixture");
    let server = Server::initialized(initialize.params.clone());
    let described = server.outputs(outputs.params.clone()).remove(0);
    let output = serde_json::from_value(described).expect("it was described");

    let linux = Subdir::Linux64;
    let manifest = initialize.params["manifestPath"].as_str();
    let loaded = load::load(&load::LoadRequest {
        path: manifest.expect("own fixture").into(),
        inline: None,
        source_directory: None,
        host_platform: linux,
        build_platform: linux,
        variants: Default::default(),
        variant_files: Vec::new(),
        channels: vec![channel.url()],
        build_number: None,
        build_string_prefix: None,
        suggested_backend: "pixi-build-rust",
        home: None,
        current_folder: fixture.project.dir().to_path_buf(),
    });
    let settings =
        SolveSettings::of(&loaded.expect("own fixture")).expect("the machine has a kernel");
    let depot = CondaClient::open(&ClientOptions {
        cache: fixture.project.cache().to_path_buf(),
        network: Network::Offline,
        downloads: None,
    });
    let order = OutputToSolve {
        output: &output,
        platforms: Platforms {
            build: linux,
            host: linux,
        },
        settings: &settings,
        sources: SourceRecords::default(),
        work: &recorded.work_directory.clone(),
    };
    let runtime = tokio::runtime::Runtime::new().expect("a tokio runtime");
    let solved = runtime.block_on(depot.solve(&order, LockMode::Prefer));
    let solved = solved.unwrap_or_else(|error| panic!("{error:?}"));
    recorded.build_prefix = None;
    recorded.host_prefix = None;
    recorded.run_dependencies = None;
    recorded.run_constraints = None;
    recorded.run_exports = None;
    recorded.extra_dependencies = None;
    let prefixes = Prefixes::below(&recorded.work_directory.clone(), linux);
    let request = solved
        .request(&prefixes, recorded)
        .expect("it can be written");
    serde_json::to_value(request).expect("plain data")
}

/// The parts of the request that depend on the environments, without archives and directories.
const SOLVED: [&str; 8] = [
    "/buildPrefix/dependencies",
    "/buildPrefix/constraints",
    "/hostPrefix/dependencies",
    "/hostPrefix/constraints",
    "/runDependencies",
    "/runConstraints",
    "/runExports",
    "/extraDependencies",
];

#[test]
fn the_request_is_the_one_that_pixi_made() {
    let mut compared = 0;
    for name in ["api-7-hello", "api-7-build", "api-7-rich"] {
        let fixture = Fixture::open(name);
        for process in &fixture.processes {
            for build in requests(process, "conda/build_v1") {
                let ours = solved(&fixture, process, build);
                let theirs = &build.params;
                for place in SOLVED {
                    assert_eq!(
                        ours.pointer(place),
                        theirs.pointer(place),
                        "{name}: {place}"
                    );
                }
                for prefix in ["buildPrefix", "hostPrefix"] {
                    let (ours, theirs) = (packages(&ours, prefix), packages(theirs, prefix));
                    assert_eq!(ours, theirs, "{name}: {prefix}");
                }
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 4);
}

/// The installed packages with their run exports.
fn packages(params: &Value, prefix: &str) -> Vec<(String, Value)> {
    let packages = params[prefix]["packages"].as_array();
    let about = |package: &Value| {
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        let exports = package.get("run_exports").cloned().unwrap_or(json!({}));
        let name = [text("name"), text("version"), text("build")].join("-");
        (name, exports)
    };
    let packages = packages.expect("pixi always sends them").iter();
    let mut packages: Vec<_> = packages.map(about).collect();
    packages.sort_by(|(a, _), (b, _)| a.cmp(b));
    packages
}
