use std::sync::Arc;

use groma_diag::SourceMap;

use super::Lock;

/// What is wrong with a lock file, or what it is written as.
fn read(text: &str) -> String {
    let sources = SourceMap::new();
    match Lock::parse(Arc::from(text.as_bytes()), &sources) {
        Ok(lock) => lock.to_string(),
        Err(problems) => {
            let problems = problems.iter().map(|d| format!("{}: {}\n", d.summary, d.detail));
            problems.collect()
        }
    }
}

const WRITTEN: &str = r#"# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "example.com/acme/y" {
  version = "0.1.0"
  hashes = [
    "h1:HGBwLrIAZrpRXg8/CQmArq63N4olQenq/Z4d4y1QTEs=",
  ]
}

provider "registry.terraform.io/acme/x" {
  version     = "1.2.0"
  constraints = ">= 1.0.0, ~> 1.0, != 1.10.0, < 9.0.0"
  hashes = [
    "h1:sthtVyrZJXpSuIHcP1Yfdhu4Q81EENOsiDMEeYFZshQ=",
    "zh:ed3c808a72b09470ffd4f1797b778de16862826c37cad2ca96fd3700b6e9b484",
  ]
}

provider "registry.terraform.io/acme/z" {
  version = "2.1.0-beta1"
}
"#;

#[test]
fn is_written_as_it_was_read() {
    assert_eq!(read(WRITTEN), WRITTEN);
}

#[test]
fn is_a_header_alone_when_nothing_is_selected() {
    let header: String = WRITTEN.split_inclusive('\n').take(2).collect();
    assert_eq!(read(""), header);
}

#[test]
fn names_all_that_is_wrong() {
    let problems = read(
        r#"
provider "acme/z" {}
provider "a b" {}
module "x" {}
provider "terraform.io/builtin/terraform" {}
provider "registry.terraform.io/acme/a" {
  version     = "1.0"
  constraints = "~> 1"
  hashes      = []
  other       = 1
}
provider "registry.terraform.io/acme/b" {
  version     = "1.0.0"
  constraints = "x"
  hashes      = ["abc", "h1:a", "h1:a"]
}
provider "registry.terraform.io/acme/b" {
  version = 1.5
}
"#,
    );
    assert_eq!(
        problems,
        "\
Non-normalized provider source address: The provider source address for this provider lock must be written as \"registry.terraform.io/acme/z\", the fully-qualified and normalized form.
Invalid provider source address: The provider source address for a provider lock must be a valid, fully-qualified address of the form \"hostname/namespace/type\".
Dependency locks for modules are not yet supported: Terraform v1.11.4 only supports dependency locks for providers, not for modules. This configuration may be intended for a later version of Terraform that also supports dependency locks for modules.
Invalid provider source address: Cannot lock a version for built-in provider terraform.io/builtin/terraform. Built-in providers are bundled inside Terraform itself, so you can't select a version for them independently of the Terraform release you are currently running.
Unsupported argument: An argument named \"other\" is not expected here.
Invalid provider version number: The selected version number for provider registry.terraform.io/acme/a must be written in normalized form: \"1.0.0\".
Invalid provider version constraints: The recorded version constraints for provider registry.terraform.io/acme/a must be written in normalized form: \"~> 1.0\".
Invalid provider hash set: The \"hashes\" argument must either be omitted or contain at least one hash value.
Invalid provider version constraints: The recorded version constraints for provider registry.terraform.io/acme/b are invalid: malformed constraint: x.
Invalid provider hash string: Cannot interpret string as a provider hash: hash string must start with a scheme keyword followed by a colon.
Duplicate provider hash: Cannot include duplicate hash strings in this set.
Incorrect attribute value type: Inappropriate value for attribute \"version\": string required.
Duplicate provider lock: This lockfile already declared a lock for provider registry.terraform.io/acme/b at .terraform.lock.hcl:12,1.
"
    );
}
