//! How the network is used: what the environment and CLI configuration files say of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use groma_fetch::http::{Client, Credentials, Helper, Host, Proxies, Roots, Settings, Token};
use groma_fetch::rc::{CliConfig, HelperProgram};

use crate::environment::Environment;

/// The client that everything is fetched with.
pub fn client(env: &Environment, config: &CliConfig) -> Client {
    let defaults = Settings::default();
    let own = defaults.user_agent.clone();
    let agent = env.get("TF_APPEND_USER_AGENT").map(|more| format!("{own} {}", more.trim()));
    let number = |name| env.get(name)?.trim().parse().ok().filter(|number| *number > 0);
    Client::new(Settings {
        user_agent: agent.unwrap_or(own),
        proxies: proxies(env),
        roots: roots(env),
        retries: number("TF_REGISTRY_DISCOVERY_RETRY").unwrap_or(defaults.retries),
        timeout: number("TF_REGISTRY_CLIENT_TIMEOUT")
            .map_or(defaults.timeout, |seconds| Duration::from_secs(seconds.into())),
        credentials: credentials(env, config),
        services: config.services.clone(),
        ..defaults
    })
}

/// Go's programs look for each name in upper case first.
fn proxies(env: &Environment) -> Proxies {
    let either = |upper: &str, lower: &str| env.get(upper).or_else(|| env.get(lower));
    let proxy = |upper, lower| either(upper, lower).and_then(Proxies::parse);
    Proxies {
        http: proxy("HTTP_PROXY", "http_proxy"),
        https: proxy("HTTPS_PROXY", "https_proxy"),
        except: either("NO_PROXY", "no_proxy").unwrap_or_default().to_owned(),
    }
}

fn roots(env: &Environment) -> Roots {
    let directories = env.get("SSL_CERT_DIR");
    Roots {
        file: env.path("SSL_CERT_FILE"),
        directories: directories.map(|paths| paths.split(':').map(PathBuf::from).collect()),
    }
}

fn credentials(env: &Environment, config: &CliConfig) -> Credentials {
    let variables: BTreeMap<Host, Token> = env
        .family("TF_TOKEN_")
        .filter_map(|(name, token)| Some((Host::from_variable(name)?, Token::new(token))))
        .collect();
    let helper = config.credentials_helper.as_ref().and_then(|helper| {
        let program = program(env, helper)?;
        Some(Arc::new(Helper::new(program, helper.arguments.clone())))
    });
    Credentials { variables, configured: config.credentials.clone(), helper }
}

/// Where a program that knows tokens is; Terraform too does without if it is nowhere. Of several
/// versions (`terraform-credentials-NAME_v1.2.3`) the last is taken.
fn program(env: &Environment, helper: &HelperProgram) -> Option<PathBuf> {
    let name = format!("terraform-credentials-{}", helper.name);
    let fits = |path: &PathBuf| {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let versioned = file.strip_prefix(&*name).is_some_and(|rest| rest.starts_with("_v"));
        path.is_file() && (file == name || stem == name || versioned)
    };
    let directory = env.path("HOME")?.join(".terraform.d/plugins");
    let platform = directory.join(groma_fetch::Platform::current().to_string());
    let entries = [directory, platform].into_iter().filter_map(|path| fs::read_dir(path).ok());
    entries.flatten().flatten().map(|entry| entry.path()).filter(fits).max()
}
