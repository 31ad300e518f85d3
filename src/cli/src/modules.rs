//! The modules that a configuration calls: where they are installed, and with what.

use groma_config::{Config, Source, load_config};
use groma_diag::Diagnostics;
use groma_engine::Plan;
pub use groma_fetch::modules::Event;
use groma_fetch::modules::{Git, InstalledModules, Installer, Limits, Logins, ModulesDir, Tools};

use crate::commands::Invocation;
use crate::environment::Environment;

/// Where modules are installed, as a path from the root module's directory.
pub fn dir(env: &Environment) -> ModulesDir {
    ModulesDir::new(&env.data_dir().to_string_lossy().replace('\\', "/"))
}

/// What installs them.
pub fn installer(invocation: &Invocation, upgrade: bool) -> Installer<'_> {
    Installer {
        root: &invocation.place.directory,
        dir: dir(&invocation.env),
        upgrade,
        tools: tools(invocation),
    }
}

/// What fetches them.
pub fn tools(invocation: &Invocation) -> Tools {
    Tools {
        git: Git::new(invocation.env.all()),
        client: invocation.network.clone(),
        logins: logins(&invocation.env),
        limits: Limits::default(),
    }
}

/// What `.netrc` says. Where there is none, nobody is anybody.
fn logins(env: &Environment) -> Logins {
    let file = env.path("NETRC").or_else(|| Some(env.path("HOME")?.join(".netrc")));
    let text = file.and_then(|file| std::fs::read_to_string(file).ok());
    text.map(|text| Logins::parse(&text)).unwrap_or_default()
}

/// Reads the configuration of a plan from a source that answers from the plan's snapshot.
pub fn load_planned(
    source: &dyn Source,
    plan: &Plan,
    invocation: &Invocation,
) -> (Config, Diagnostics) {
    let dir = ModulesDir::at(&plan.provenance.snapshot.modules);
    let installed = InstalledModules::new(source, dir, invocation.place.installs_modules());
    load_config(source, &installed, &invocation.sources)
}

/// As Terraform tells it.
pub fn line(event: Event<'_>) -> String {
    match event {
        Event::Downloading { package, version: Some(version), key } => {
            format!("Downloading {package} {version} for {key}...\n")
        }
        Event::Downloading { package, version: None, key } => {
            format!("Downloading {package} for {key}...\n")
        }
        Event::Installed { key, dir } => format!("- {key} in {dir}\n"),
    }
}
