//! What every case has besides its own files: the provider, where it comes from, and its
//! configuration.

use std::path::Path;

use crate::fixture::{Action, Case, Step};

/// What cases write for the address of the cloud.
const ENDPOINT: &str = "ENDPOINT";

/// The file with the provider's configuration. A case that has its own installs that.
const PROVIDER: &str = "provider.tf";

const CONFIGURATION: &str = r#"terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "3.39.0"
    }
  }
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
  s3_force_path_style         = true

  endpoints {
    autoscaling = "ENDPOINT"
    cloudwatch  = "ENDPOINT"
    ec2         = "ENDPOINT"
    elb         = "ENDPOINT"
    iam         = "ENDPOINT"
    route53     = "ENDPOINT"
    s3          = "ENDPOINT"
    sts         = "ENDPOINT"
  }
}
"#;

/// Where a run finds its provider, and this its cloud.
pub(super) struct Install<'a> {
    pub(super) mirror: &'a Path,
    pub(super) endpoint: String,
}

impl Install<'_> {
    /// The case, ready to be played: it begins with installing.
    pub(super) fn of(&self, case: &Case) -> Case {
        let mut case = case.clone();
        let own = case.steps.first().and_then(|step| {
            let (_, content) = step.files.iter().find(|(path, _)| path == PROVIDER)?;
            Some(content.clone())
        });
        case.steps.insert(0, first_step(self.mirror, own));
        for (_, content) in case.steps.iter_mut().flat_map(|step| &mut step.files) {
            *content = content.replace(ENDPOINT, &self.endpoint);
        }
        case
    }
}

fn first_step(mirror: &Path, provider: Option<String>) -> Step {
    let mirror = mirror.display();
    let installation = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = \"{mirror}\"\n  }}\n}}\n"
    );
    let words = ["init", "-input=false"].map(str::to_owned);
    Step {
        title: "install".to_owned(),
        files: vec![
            ("cli.tfrc".to_owned(), installation),
            (PROVIDER.to_owned(), provider.unwrap_or_else(|| CONFIGURATION.to_owned())),
        ],
        actions: vec![
            Action::Env("TF_CLI_CONFIG_FILE".to_owned(), "cli.tfrc".to_owned()),
            Action::Run(words.to_vec()),
        ],
    }
}
