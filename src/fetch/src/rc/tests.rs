use std::fmt::Write as _;

use super::*;

fn read(text: &str) -> (CliConfig, String) {
    let files = [("rc".into(), text.as_bytes().to_vec())];
    let home = |name: &str| (name == "HOME").then(|| "/home/me".to_owned());
    let (config, problems) = CliConfig::parse(&files, &home);
    let mut said = String::new();
    for problem in problems.config.iter().chain(&problems.installation) {
        let _ = writeln!(said, "{}: {}", problem.summary, problem.detail);
    }
    (config, said)
}

fn source(text: &str) -> Provider {
    text.parse().expect("a source")
}

#[test]
fn methods_come_in_the_order_written() {
    let (config, said) = read(
        r#"
plugin_cache_dir   = "$HOME/.cache/${NONE}plugins"
disable_checkpoint = true
unknown            = { a = 1 }
provider_installation {
  dev_overrides { "acme/x" = "../x" }
  filesystem_mirror {
    path    = "/mirror"
    include = ["example.com/*/*"]
  }
  direct { exclude = ["example.com/*/*"] }
  native { include = ["hashicorp/random"] }
}
"#,
    );
    assert_eq!(said, "");
    assert_eq!(config.plugin_cache_dir, Some("/home/me/.cache/plugins".into()));
    assert_eq!(config.overrides.get(&source("acme/x")), Some(&"../x".into()));
    let methods = config.methods(&[]);
    let locations: Vec<_> = methods.iter().map(|method| &method.location).collect();
    assert_eq!(locations, [&Location::Filesystem("/mirror".into()), &Location::Direct]);
    assert!(methods[0].patterns.matches(&source("example.com/acme/x")));
    assert!(!methods[1].patterns.matches(&source("example.com/acme/x")));
    assert!(config.admits_native(&source("hashicorp/random")));
    assert!(!config.admits_native(&source("hashicorp/null")));
}

#[test]
fn without_methods_there_are_directories_and_registries() {
    let dir = tempfile::tempdir().expect("a directory");
    let package = dir.path().join("registry.terraform.io/acme/x/1.0.0");
    let platform = crate::Platform::current().to_string();
    std::fs::create_dir_all(package.join(platform)).expect("directories");
    let implied = [dir.path().to_owned(), dir.path().join("none")];
    for text in ["", "provider_installation {\n native {} \n}\n"] {
        let (config, said) = read(text);
        assert_eq!(said, "");
        let methods = config.methods(&implied);
        assert_eq!(methods.len(), 2);
        assert_eq!(methods[0].location, Location::Filesystem(dir.path().to_owned()));
        assert!(!methods[1].patterns.matches(&source("acme/x")));
        assert!(methods[1].patterns.matches(&source("acme/y")));
    }
    assert_eq!(read("provider_installation {\n}\n").0.methods(&implied), []);
}

#[test]
fn problems_are_terraforms() {
    let (config, said) = read(
        r#"
provider_installation "a" {
  direct "b" {}
  direct = {}
  frob {}
  filesystem_mirror {}
  network_mirror { url = "http://example.com" }
  filesystem_mirror {
    path    = "/mirror"
    include = ["*/acme/*"]
  }
  direct {}
  dev_overrides {}
}
provider_installation {}
credentials_helper "a" {}
credentials_helper "b" {}
"#,
    );
    assert_eq!(config.methods(&[]).len(), 1);
    assert_eq!(
        said,
        "\
No more than one credentials_helper block may be specified: 
No more than one provider_installation block may be specified: 
Invalid provider_installation block: The provider_installation block at 2:1 must not have any labels.
Invalid provider_installation method block: The blocks inside the provider_installation block at 2:1 may not have any labels.
Invalid provider_installation method block: The items inside the provider_installation block at 2:1 must all be blocks.
Invalid provider_installation method block: Unknown provider installation method \"frob\" at 5:3.
Invalid provider_installation method block: Invalid filesystem_mirror block at 6:3: \"path\" argument is required.
Invalid provider_installation method block: The dev_overrides block at 13:3 must appear before all other installation methods, because development overrides always have the highest priority.
Invalid URL for provider installation source: Cannot use \"http://example.com\" as a URL for a network provider mirror: the mirror must be at an https: URL.
Invalid provider source inclusion patterns: CLI config specifies invalid provider inclusion patterns: invalid provider matching pattern \"*/acme/*\": hostname can be a wildcard only if both namespace and provider type are also wildcards.
"
    );
    assert_eq!(read("a = ").1, "Error parsing rc: At 1:5: a value is missing: \n");
}

#[test]
fn services_and_tokens_are_read() {
    let (config, said) = read(
        r#"
host "Registry.Example.test" {
  services = {
    "providers.v1" = "/v1/"
    "login.v1"     = { client = "x" }
  }
}
credentials "café.fr" { token = "t" }
credentials { "a.example" { token = "u" } }
credentials "b.example:443" {}
credentials_helper "vault" { args = ["-a", "b"] }
"#,
    );
    assert_eq!(said, "");
    let host = |text: &str| Host::parse(text).expect("a host");
    let services = config.services.get(&host("registry.example.test")).expect("services");
    assert_eq!(*services, [("providers.v1".to_owned(), "/v1/".to_owned())].into());
    let token = |text: &str| Some(Token::new(text));
    let expected = [
        (host("xn--caf-dma.fr"), token("t")),
        (host("a.example"), token("u")),
        (host("b.example"), None),
    ];
    assert_eq!(config.credentials, expected.into());
    let helper = config.credentials_helper.expect("a helper");
    assert_eq!((&*helper.name, helper.arguments), ("vault", vec!["-a".to_owned(), "b".to_owned()]));
}

#[test]
fn services_and_tokens_of_no_host_are_refused() {
    let (_, said) = read(
        r#"
host "a b" {}
credentials "-c" {}
credentials = 5
host "d" { services = 5 }
credentials_helper "e" { args = "x" }
"#,
    );
    assert_eq!(
        said,
        "\
The host \"a b\" block has an invalid hostname: idna: disallowed rune U+0020: 
Invalid CLI configuration: The value of services at 5:12 must be an object.
Invalid CLI configuration: The value of credentials at 4:1 must be a block with one label.
The credentials \"-c\" block has an invalid hostname: idna: invalid label \"-c\": 
Invalid CLI configuration: The value of args at 6:26 must be a list of strings.
"
    );
}
