use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::http::{Client, Settings};
use crate::rc::{Location, Method, Patterns};
use crate::requirements::normalized;
use crate::{Hash, Platform};

/// A root module, and a mirror with an unpacked and a packed version of one provider.
struct Place {
    dir: tempfile::TempDir,
    methods: Vec<Method>,
}

const PROGRAM: &[u8] = b"#!/bin/sh\n";

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let provider = dir.path().join("mirror/registry.terraform.io/acme/x");
        let platform = Platform::current().to_string();
        let unpacked = provider.join("1.0.0").join(&platform);
        fs::create_dir_all(&unpacked).expect("directories");
        fs::write(unpacked.join("terraform-provider-x_v1.0.0"), PROGRAM).expect("a file");
        let archive = provider.join(format!("terraform-provider-x_1.1.0_{platform}.zip"));
        let mut archive = ZipWriter::new(File::create(archive).expect("a file"));
        let options = SimpleFileOptions::default();
        archive.start_file("terraform-provider-x_v1.1.0", options).expect("an entry");
        archive.write_all(PROGRAM).expect("content");
        archive.finish().expect("an archive");
        let location = Location::Filesystem(dir.path().join("mirror"));
        Self { dir, methods: vec![Method { location, patterns: Patterns::default() }] }
    }

    fn store(&self) -> Store {
        Store::new(self.dir.path(), Path::new("data"))
    }

    /// Installs, and tells what happened.
    fn install(&self, constraints: &str, lock: &Lock, upgrade: bool) -> (String, Lock) {
        let mut requirements = Requirements::default();
        let parsed = constraints.parse().ok();
        requirements.add(&"acme/x".parse().expect("a source"), parsed.as_ref());
        let store = self.store();
        let client = Client::new(Settings::default());
        let installer = Installer {
            origins: Origins { methods: &self.methods, client: &client },
            store: &store,
            shared: None,
            trust_shared: false,
            upgrade,
            any_hash: false,
        };
        let mut said = String::new();
        let selections = installer.install(&requirements, lock, &mut |event| {
            said += &match event {
                Event::Reusing(source) => format!("reusing {}\n", source.ty),
                Event::Finding(source, all) => {
                    format!("finding {} {}\n", source.ty, normalized(all))
                }
                Event::Installed(_, version) => format!("installed {version}\n"),
                Event::Shared(_, version) => format!("shared {version}\n"),
                Event::Fetching(_, version) => format!("fetching {version}\n"),
                Event::Fetched(_, version, _) => format!("fetched {version}\n"),
            };
        });
        match selections {
            Ok(selections) => {
                for source in &selections.incomplete {
                    said += &format!("incomplete {}\n", source.ty);
                }
                (said, selections.lock)
            }
            Err(problems) => {
                let problems = problems.into_diagnostics();
                said.extend(problems.iter().map(|d| format!("{}: {}\n", d.summary, d.detail)));
                (said, lock.clone())
            }
        }
    }
}

#[test]
fn the_newest_is_installed_and_kept() {
    let place = Place::new();
    let (said, lock) = place.install("~> 1.0", &Lock::default(), false);
    assert_eq!(said, "finding x ~> 1.0\nfetching 1.1.0\nfetched 1.1.0\nincomplete x\n");
    let (said, again) = place.install("~> 1.0", &lock, false);
    assert_eq!(said, "reusing x\ninstalled 1.1.0\n");
    assert!(again.selects_the_same(&lock));
    fs::remove_dir_all(place.dir.path().join("data")).expect("removed");
    let (said, again) = place.install(">= 1", &lock, false);
    assert_eq!(said, "reusing x\nfetching 1.1.0\nfetched 1.1.0\n");
    assert!(again.selects_the_same(&lock));
    let (said, _) = place.install(">= 1", &lock, true);
    assert_eq!(said, "finding x >= 1.0.0\ninstalled 1.1.0\n");
}

/// The mirror's program has no run bit, and the mirror is not ours to mend.
#[test]
fn programs_can_be_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    for version in ["1.0.0", "1.1.0"] {
        place.install(version, &Lock::default(), false);
        let version = version.parse().expect("a version");
        let source = "acme/x".parse().expect("a source");
        let package = place.store().package(&source, &version);
        let program = crate::packages::executable(&package, &source).expect("a program");
        let mode = fs::metadata(program).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
    }
}

#[test]
fn another_package_is_refused() {
    let place = Place::new();
    for (version, what) in [("1.0.0", "the local package"), ("1.1.0", "the current package")] {
        let (_, mut lock) = place.install(version, &Lock::default(), false);
        let (source, entry) = lock.iter().next().map(|(s, e)| (s.clone(), e.clone())).expect("one");
        let hashes = Hash::parse("h1:other").into_iter().collect();
        lock.insert(source, Entry { hashes, ..entry });
        let (said, _) = place.install(version, &lock, false);
        let problem = format!("Error while installing acme/x v{version}: {what} for ");
        assert!(said.contains(&problem), "{said}");
    }
}

#[test]
fn versions_that_nobody_has_are_refused() {
    let place = Place::new();
    let (said, lock) = place.install("1.0", &Lock::default(), false);
    assert!(said.ends_with("incomplete x\n"), "{said}");
    let (said, _) = place.install("> 1.0", &lock, false);
    assert!(said.contains("acme/x 1.0.0 does not match configured version constraint > 1.0.0"));
    let (said, _) = place.install("> 2", &lock, true);
    assert!(said.contains("no available releases match the given constraints > 2.0.0"), "{said}");
}

#[test]
fn a_shared_directory_is_used_if_the_lock_vouches_for_it() {
    let place = Place::new();
    let shared = place.dir.path().join("shared");
    let install = |lock: &Lock, trust_shared| {
        let _ = fs::remove_dir_all(place.dir.path().join("data"));
        let mut requirements = Requirements::default();
        requirements.add(&"acme/x".parse().expect("a source"), None);
        let store = place.store();
        let client = Client::new(Settings::default());
        let installer = Installer {
            origins: Origins { methods: &place.methods, client: &client },
            store: &store,
            shared: Some(Store::shared(&shared)),
            trust_shared,
            upgrade: false,
            any_hash: false,
        };
        let mut used = false;
        let selections = installer.install(&requirements, lock, &mut |event| {
            used |= matches!(event, Event::Shared(..));
        });
        (used, selections.expect("installed").lock)
    };
    let (used, lock) = install(&Lock::default(), false);
    assert!(!used);
    assert!(install(&lock, false).0);
    assert!(!install(&Lock::default(), false).0);
    assert!(install(&Lock::default(), true).0);
}
