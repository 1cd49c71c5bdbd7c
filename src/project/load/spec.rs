//! One dependency: a version, or a table with selectors and a location.

use crate::project::document::{Data, Field};
use crate::project::load::location::{self, Location};
use crate::project::load::mistake::dependency::NoSourceHere;
use crate::project::load::mistake::spec::EmptySpec;
use crate::project::load::parts::Parts;
use crate::project::load::spec_reader::SpecReader;
use crate::project::load::tables::AllowedSources;
use crate::project::load::{channels, pin, pool, version, when};
use crate::protocol::spec::{BinarySpec, PackageSpec, SourceSpec};

impl<'d> SpecReader<'_, 'd> {
    /// The dependency, or `None` after an error.
    pub(super) fn read(&mut self, entry: &Field<'d>) -> Option<PackageSpec> {
        let table = match entry.value.read() {
            Data::Text(_) => {
                return Some(PackageSpec::Binary(BinarySpec {
                    version: Some(version::constraint(entry.value, self.findings)?),
                    ..BinarySpec::default()
                }));
            }
            Data::Table(table) => table,
            Data::Integer(_) | Data::Float(_) => {
                let help = format!(
                    "write `{} = \"{}.*\"`",
                    entry.name,
                    entry.value.source_text()
                );
                return entry
                    .value
                    .wrong_type("a string or a table", Some(help), self.findings);
            }
            other => {
                return entry
                    .value
                    .not("a string or a table", &other, self.findings);
            }
        };
        let own = Parts::of(entry.name, table);
        own.check_keys(self.findings);
        if own.get("workspace").is_some() {
            let parts = pool::merged(self.scope, &own, self.findings)?;
            return self.package(&parts);
        }
        match pin::find(&own) {
            Some(pin) => pin::read(self, entry, &own, pin),
            None => self.package(&own),
        }
    }

    fn package(&mut self, parts: &Parts<'d>) -> Option<PackageSpec> {
        if parts
            .fields
            .iter()
            .all(|field| matches!(field.name, "license-family" | "subdirectory"))
        {
            self.findings.mistake(EmptySpec {
                name: parts.name.to_owned(),
                file: parts.document.file(),
                at: parts.at,
            });
            return None;
        }
        let location = location::read(self.scope, parts, self.findings);
        if let Some(location) = &location {
            self.check_source(parts, location);
        }
        // Selectors are read even when the location is not valid, so that their errors
        // are reported.
        let selected = BinarySpec {
            version: parts.version(self.findings),
            build: parts.matcher("build", self.findings),
            build_number: parts.build_number(self.findings),
            file_name: parts.text("file-name", self.findings),
            extras: parts.texts("extras", self.findings),
            flags: parts.matchers("flags", self.findings),
            channel: parts
                .get("channel")
                .and_then(|field| channels::spec_url(self.scope, field.value, self.findings)),
            subdir: parts.text("subdir", self.findings),
            md5: parts.hash("md5", self.findings),
            sha256: parts.hash("sha256", self.findings),
            url: None,
            license: parts.text("license", self.findings),
            condition: (parts.get("when"))
                .and_then(|field| when::condition(field.value, self.findings)),
        };
        // Accepted for compatibility with conda; a project model does not have these
        // fields.
        parts.text("license-family", self.findings);
        parts.texts("track-features", self.findings);

        let location = match location? {
            Location::Channel => return Some(PackageSpec::Binary(selected)),
            Location::Archive(url) => {
                return Some(PackageSpec::Binary(BinarySpec {
                    url: Some(url),
                    ..selected
                }));
            }
            Location::Source(location) => location,
        };
        let BinarySpec {
            version,
            build,
            build_number,
            extras,
            flags,
            subdir,
            license,
            condition,
            // These are part of the location; the other selectors cannot be combined with
            // one.
            md5: _,
            sha256: _,
            file_name: _,
            channel: _,
            url: _,
        } = selected;
        Some(PackageSpec::Source(SourceSpec {
            location,
            version,
            build,
            build_number,
            subdir,
            license,
            extras,
            flags,
            condition,
        }))
    }

    /// Reports a location that the table does not allow.
    fn check_source(&mut self, parts: &Parts<'d>, location: &Location) {
        let refused = match (self.kind.sources, location) {
            (_, Location::Channel) | (AllowedSources::All, _) => return,
            (AllowedSources::NotBuilt, Location::Archive(_)) => return,
            (AllowedSources::Folders, Location::Source(source)) if !location::is_url(source) => {
                return;
            }
            (AllowedSources::Folders, _) => (
                "an archive",
                "use `path` with a directory, `git`, or a version",
            ),
            (AllowedSources::NotBuilt | AllowedSources::None, _) => (
                "a path or a URL",
                "a constraint only limits versions: write one",
            ),
        };
        let place = ["path", "git", "url"].iter().find_map(|key| parts.get(key));
        if let Some(place) = place {
            self.findings.mistake(NoSourceHere {
                name: parts.name.to_owned(),
                table: self.kind.title,
                location: refused.0,
                help: refused.1,
                file: place.value.document.file(),
                at: place.key_at,
            });
        }
    }
}
