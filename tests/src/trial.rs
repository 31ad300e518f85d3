//! A directory where the provider for trials is used, whose plugin does wrong when it is told to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::workdir::{Output, Workdir, groma_binary};

/// The provider's address.
pub const PROVIDER: &str = "registry.terraform.io/hashicorp/trial";

/// What is there before anything goes wrong.
const BEFORE: &str = r#"
provider "trial" {}

resource "trial_thing" "updated" {
  name = "updated"
  size = 1
}

resource "trial_thing" "replaced" {
  name = "replaced"
}

resource "trial_thing" "gone" {
  name = "gone"
}

resource "null_resource" "moved" {}

resource "terraform_data" "other" {
  input = 1
}
"#;

/// What is wanted then: it takes every call that there is.
const AFTER: &str = r#"
terraform {
  required_providers {
    trial = {
      source = "hashicorp/trial"
    }
  }
}

provider "trial" {}

resource "trial_thing" "updated" {
  name = "updated"
  size = 2
}

resource "trial_thing" "replaced" {
  name = "replacing"
}

resource "trial_thing" "made" {
  for_each = toset(["a", "b"])
  name     = each.key
}

moved {
  from = null_resource.moved
  to   = trial_thing.moved
}

resource "trial_thing" "moved" {
  name = "moved"
}

import {
  to = trial_thing.imported
  id = "imported"
}

resource "trial_thing" "imported" {
  name = "imported"
}

data "trial_thing" "read" {
  name = "read"
}

ephemeral "trial_thing" "opened" {
  name = "opened"
}

resource "terraform_data" "other" {
  input = 2
}

output "hello" {
  value = provider::trial::hello(data.trial_thing.read.id)
}
"#;

/// The address of what makes objects of that name.
pub fn address(name: &str) -> String {
    match name {
        "replacing" => "trial_thing.replaced".to_owned(),
        "a" | "b" => format!("trial_thing.made[{name:?}]"),
        other => format!("trial_thing.{other}"),
    }
}

/// The words of a text, however it is wrapped.
pub fn words(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

/// A directory with objects and a state of them.
pub struct Trial {
    work: Workdir,
}

impl Trial {
    /// With nothing made yet. `program` is the plugin.
    ///
    /// # Panics
    /// If files cannot be written.
    pub fn new(program: &Path) -> Self {
        let work = Workdir::new();
        let directory = program.parent().expect("a program is in a directory").display();
        work.write(
            "cli.tfrc",
            format!(
                "provider_installation {{\n  dev_overrides {{\n    \"hashicorp/trial\" = \
                 \"{directory}\"\n  }}\n}}\n"
            ),
        );
        for name in ["imported", "moved"] {
            work.write(&format!("store/{name}"), json!({"name": name}).to_string());
        }
        work.write("main.tf", BEFORE);
        Self { work }
    }

    /// With everything made, and more wanted.
    ///
    /// # Panics
    /// If that fails.
    #[track_caller]
    pub fn begun(program: &Path) -> Self {
        let trial = Self::new(program);
        trial.groma("apply -auto-approve", &[]).success();
        trial.work.write("main.tf", AFTER);
        trial
    }

    /// The same as this one now.
    ///
    /// # Panics
    /// If files cannot be copied.
    #[must_use]
    pub fn copy(&self) -> Self {
        let work = Workdir::new();
        let (from, to) = (self.work.path().join("."), work.path().as_os_str());
        let words = ["-r".as_ref(), from.as_os_str(), to];
        self.work.run(Path::new("cp"), words).success();
        Self { work }
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.work.path().to_owned()
    }

    /// Runs a command line of `groma`, with variables for the plugin.
    pub fn groma(&self, line: &str, variables: &[(&str, &str)]) -> Output {
        let (config, store) = self.paths();
        let mut env = vec![("TF_CLI_CONFIG_FILE", &*config), ("TRIAL_STORE", &*store)];
        env.extend(variables);
        self.work.run_with(&groma_binary(), line.split(' '), env)
    }

    /// The same, not started yet.
    pub fn command(&self, line: &str, variables: &[(&str, &str)]) -> std::process::Command {
        let (config, store) = self.paths();
        let mut command = self.work.command(&groma_binary(), line.split(' '));
        command.env("TF_CLI_CONFIG_FILE", config).env("TRIAL_STORE", store);
        command.envs(variables.iter().copied());
        command
    }

    fn paths(&self) -> (String, String) {
        let path = |name| self.work.path().join(name).display().to_string();
        (path("cli.tfrc"), path("store"))
    }

    /// What there is in the store: names by ids.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn objects(&self) -> BTreeMap<String, String> {
        let entries = fs::read_dir(self.work.path().join("store")).expect("the store is there");
        let object = |entry: std::io::Result<fs::DirEntry>| {
            let entry = entry.expect("the store can be listed");
            let content = fs::read(entry.path()).expect("an object can be read");
            let content: Value = serde_json::from_slice(&content).expect("objects are JSON");
            let id = entry.file_name().to_string_lossy().into_owned();
            (id, content["name"].as_str().unwrap_or_default().to_owned())
        };
        entries.map(object).collect()
    }

    /// The objects of the state: an id or nothing by address.
    ///
    /// # Panics
    /// If the state cannot be read.
    #[track_caller]
    pub fn state(&self) -> Vec<Value> {
        let pulled = self.groma("state pull", &[]).success();
        let state: Value = serde_json::from_str(&pulled.stdout).expect("a state is JSON");
        state["resources"].as_array().cloned().unwrap_or_default()
    }
}
