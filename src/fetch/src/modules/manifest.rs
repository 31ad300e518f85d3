//! `modules.json`: which modules are installed where, as Terraform keeps it, so that both can share
//! a data directory.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use groma_addr::Module;
use groma_config::version::Version;
use serde::{Deserialize, Serialize};

/// Which modules are installed, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    records: BTreeMap<String, Record>,
}

/// Where a module is installed, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The source of its call, in the form that says all.
    pub source: String,
    /// The version of a registry's module.
    pub version: Option<Version>,
    /// Its directory, as a path from the root module's.
    pub dir: String,
}

/// Why a manifest cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is no JSON of its form.
    #[error("error unmarshalling snapshot: {0}")]
    Json(#[from] serde_json::Error),
    /// A version is none.
    #[error("invalid version {version:?} for {key:?}: {problem}")]
    Version {
        /// The module.
        key: String,
        /// What is there.
        version: String,
        /// What is wrong with it.
        problem: String,
    },
    /// It says two things of one module.
    #[error("snapshot file contains two records for path {0}")]
    Twice(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    modules: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Line {
    key: String,
    source: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    version: String,
    dir: String,
}

/// What the manifest calls a module: `a.b` for what the module `a` calls `b`.
pub fn key(path: &Module) -> String {
    let names: Vec<&str> = path.calls().iter().map(|call| &**call).collect();
    names.join(".")
}

impl Manifest {
    /// Reads the content of `modules.json`.
    ///
    /// # Errors
    /// It is not of that form.
    pub fn parse(content: &[u8]) -> Result<Self, ManifestError> {
        let file: File = serde_json::from_slice(content)?;
        let mut records = BTreeMap::new();
        for Line { key, source, version, dir } in file.modules {
            let version = match &*version {
                "" => None,
                text => Some(text.parse().map_err(|error| ManifestError::Version {
                    key: key.clone(),
                    version: text.to_owned(),
                    problem: format!("{error}"),
                })?),
            };
            let dir = groma_config::source::path::clean(&dir.replace('\\', "/"));
            match records.entry(key) {
                Entry::Vacant(entry) => entry.insert(Record { source, version, dir }),
                Entry::Occupied(entry) => return Err(ManifestError::Twice(entry.key().clone())),
            };
        }
        Ok(Self { records })
    }

    /// What Terraform would write, byte for byte.
    pub fn text(&self) -> String {
        let lines = self.records.iter().map(|(key, record)| Line {
            key: key.clone(),
            source: record.source.clone(),
            version: record.version.as_ref().map(Version::to_string).unwrap_or_default(),
            dir: record.dir.clone(),
        });
        let file = File { modules: lines.collect() };
        let text = serde_json::to_string(&file).unwrap_or_default();
        // None of these is ever outside of a string. Go escapes what HTML could stumble over.
        text.replace('&', "\\u0026")
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('\u{2028}', "\\u2028")
            .replace('\u{2029}', "\\u2029")
    }

    /// What is known of a module.
    pub fn get(&self, key: &str) -> Option<&Record> {
        self.records.get(key)
    }

    /// Adds a module, in place of what was known of it.
    pub fn insert(&mut self, key: String, record: Record) {
        self.records.insert(key, record);
    }

    /// Forgets a module, and all that it calls.
    pub fn remove(&mut self, key: &str) {
        self.records.remove(key);
        let below = format!("{key}.");
        let called = self.records.range(below.clone()..).map(|(key, _)| key);
        let called: Vec<String> = called.take_while(|k| k.starts_with(&below)).cloned().collect();
        for key in called {
            self.records.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"a","Source":"git::https://x.y/z.git?a=1\u0026ref=v1","Dir":".terraform/modules/a"},{"Key":"b","Source":"registry.terraform.io/x/y/z","Version":"1.2.0","Dir":".terraform/modules/b"}]}"#;

    #[test]
    fn is_written_as_it_was_read() {
        let manifest = Manifest::parse(WRITTEN.as_bytes()).expect("a manifest");
        assert_eq!(manifest.text(), WRITTEN);
        let record = manifest.get("a").expect("a record");
        assert_eq!(record.source, "git::https://x.y/z.git?a=1&ref=v1");
        assert_eq!(manifest.get("b").and_then(|b| b.version.clone()), Some(Version::new(1, 2, 0)));
    }

    #[test]
    fn a_module_is_forgotten_with_what_it_calls() {
        let mut manifest = Manifest::default();
        for key in ["a", "a.b", "a.b.c", "a-b", "ab", "b"] {
            let record = Record { source: String::new(), version: None, dir: key.to_owned() };
            manifest.insert(key.to_owned(), record);
        }
        manifest.remove("a");
        let left: Vec<&str> = manifest.records.keys().map(String::as_str).collect();
        assert_eq!(left, ["a-b", "ab", "b"]);
    }

    #[test]
    fn what_is_none_is_refused() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            let error = Manifest::parse(text.as_bytes()).expect_err("an error").to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        check("{", "error unmarshalling snapshot: ");
        let one = r#"{"Key":"a","Source":"","Dir":"."}"#;
        check(
            &format!("{{\"Modules\":[{one},{one}]}}"),
            "snapshot file contains two records for path a",
        );
        let odd = r#"{"Modules":[{"Key":"a","Source":"","Version":"x","Dir":"."}]}"#;
        check(odd, "invalid version \"x\" for \"a\": ");
    }
}
