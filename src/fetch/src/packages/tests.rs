use std::fs;

use groma_config::version::Constraints;

use super::*;
use crate::hash::h1_of_directory;

struct Place {
    dir: tempfile::TempDir,
    store: Store,
    lock: Lock,
    requirements: Requirements,
}

fn source() -> Provider {
    "acme/x".parse().expect("a source")
}

impl Place {
    /// One provider that is required, locked and installed.
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::new(dir.path(), Path::new(".terraform"));
        let version = Version::new(1, 2, 0);
        let package = store.package(&source(), &version);
        fs::create_dir_all(package.join("docs")).expect("directories");
        fs::write(package.join("terraform-provider-x_v1.2.0"), "#!/bin/sh\n").expect("a file");
        fs::write(package.join("docs/index.md"), "hello\n").expect("a file");
        let hashes = [h1_of_directory(&package).expect("a hash")].into();
        let mut lock = Lock::default();
        lock.insert(source(), Entry { version, constraints: Constraints::default(), hashes });
        let mut requirements = Requirements::default();
        requirements.add(&source(), Some(&">= 1.0".parse().expect("constraints")));
        Self { dir, store, lock, requirements }
    }

    fn check(&self, overrides: &Overrides) -> Result<Vec<Package>, String> {
        installed(&self.store, &self.requirements, &self.lock, overrides).map_err(|problems| {
            problems.iter().map(|d| format!("{}\n{}\n", d.summary, d.detail)).collect()
        })
    }

    fn package(&self) -> PathBuf {
        self.store.package(&source(), &Version::new(1, 2, 0))
    }
}

#[test]
fn are_what_the_lock_file_says() {
    let place = Place::new();
    let packages = place.check(&Overrides::new()).expect("packages");
    let [package] = &packages[..] else { panic!("{packages:?}") };
    assert_eq!(package.version, Some(Version::new(1, 2, 0)));
    assert_eq!(package.executable, place.package().join("terraform-provider-x_v1.2.0"));
}

#[test]
fn are_refused_when_they_are_others() {
    let place = Place::new();
    fs::write(place.package().join("docs/index.md"), "bye\n").expect("a file");
    assert_eq!(
        place.check(&Overrides::new()).expect_err("refused"),
        "Required plugins are not installed\n\
         The installed provider plugins are not consistent with the packages selected in the \
         dependency lock file:\n  - registry.terraform.io/acme/x: the cached package for \
         registry.terraform.io/acme/x 1.2.0 (in .terraform/providers) does not match any of the \
         checksums recorded in the dependency lock file\n\nGroma uses external plugins to \
         integrate with a variety of different infrastructure services. To download the plugins \
         required for this configuration, run:\n  groma init\n"
    );
}

#[test]
fn are_missed() {
    let place = Place::new();
    fs::remove_dir_all(place.package()).expect("removed");
    let problem = place.check(&Overrides::new()).expect_err("refused");
    let expected = "  - registry.terraform.io/acme/x: there is no package for \
                    registry.terraform.io/acme/x 1.2.0 cached in .terraform/providers\n";
    assert!(problem.contains(expected), "{problem}");
}

#[test]
fn must_be_selected_in_a_version_that_is_admitted() {
    let mut place = Place::new();
    place.requirements.add(&source(), Some(&"< 1.2".parse().expect("constraints")));
    let other = "acme/y".parse().expect("a source");
    place.requirements.add(&other, None);
    assert_eq!(
        place.check(&Overrides::new()).expect_err("refused"),
        "Inconsistent dependency lock file\n\
         The following dependency selections recorded in the lock file are inconsistent with the \
         current configuration:\n  - provider registry.terraform.io/acme/x: locked version \
         selection 1.2.0 doesn't match the updated version constraints \">= 1.0.0, < 1.2.0\"\n  - \
         provider registry.terraform.io/acme/y: required by this configuration but no version is \
         selected\n\nTo update the locked dependency selections to match a changed configuration, \
         run:\n  groma init -upgrade\n"
    );
}

#[test]
fn under_development_are_used_as_they_are() {
    let place = Place::new();
    let directory = place.dir.path().join("dev");
    let overrides = Overrides::from([(source(), directory.clone())]);
    fs::create_dir(&directory).expect("a directory");
    let problem = place.check(&overrides).expect_err("refused");
    assert!(problem.contains("could not find executable file starting with terraform-provider-x"));
    fs::write(directory.join("terraform-provider-xy"), "").expect("a file");
    fs::write(directory.join("terraform-provider-x"), "").expect("a file");
    let packages = place.check(&overrides).expect("packages");
    assert_eq!(packages[0].executable, directory.join("terraform-provider-x"));
    assert_eq!(packages[0].version, None);
}
