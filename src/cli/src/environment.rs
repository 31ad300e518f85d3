//! The environment: the only place of the command line that reads it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// A variable that is honoured, for the generated reference.
#[cfg_attr(not(test), expect(dead_code, reason = "the reference is held to it by a test"))]
pub struct Variable {
    /// Its name; `*` for the rest of a family.
    pub name: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// Every variable that is honoured.
#[cfg_attr(not(test), expect(dead_code, reason = "the reference is held to it by a test"))]
pub const VARIABLES: &[Variable] = &[
    Variable {
        name: "GIT_ALLOW_PROTOCOL",
        meaning: "Narrows the protocols that Git fetches modules by: `file`, `git`, `http`, `https` and \
                  `ssh`.",
    },
    Variable {
        name: "GIT_SSH",
        meaning: "What Git starts for `ssh` when it fetches modules; without, `ssh` that asks nothing.",
    },
    Variable { name: "GIT_SSH_COMMAND", meaning: "The same as a command line, over it." },
    Variable {
        name: "GROMA_DATA_DIR",
        meaning: "Where the state database is kept; `.groma` in the root module's directory by default.",
    },
    Variable {
        name: "GROMA_PLUGIN_START_TIMEOUT",
        meaning: "How many seconds a provider plugin may take until it can be called; 60 by default.",
    },
    Variable {
        name: "HOME",
        meaning: "Where `.terraformrc`, `.terraform.d`, `.cache` and `.local/share/terraform/plugins` \
                  are.",
    },
    Variable { name: "HTTPS_PROXY", meaning: "The proxy for `https` URLs; also `https_proxy`." },
    Variable { name: "HTTP_PROXY", meaning: "The proxy for `http` URLs; also `http_proxy`." },
    Variable {
        name: "NETRC",
        meaning: "The file with names and passwords for the hosts of archives of modules; `.netrc` in \
                  the home directory by default.",
    },
    Variable { name: "NO_COLOR", meaning: "Any value: no colours." },
    Variable {
        name: "NO_PROXY",
        meaning: "Hosts, addresses and blocks of addresses, with commas between them, that are \
                  asked without a proxy; also `no_proxy`.",
    },
    Variable { name: "PATH", meaning: "Where `git` is looked for, to fetch modules with." },
    Variable {
        name: "PLUGIN_CLIENT_CERT",
        meaning: "Set by what runs `groma provider serve`: the one certificate that may connect.",
    },
    Variable {
        name: "PLUGIN_UNIX_SOCKET_DIR",
        meaning: "Set by what runs `groma provider serve`: where its socket is to be.",
    },
    Variable {
        name: "SSL_CERT_DIR",
        meaning: "Directories, with colons between them, of certificates of authorities that are \
                  believed, instead of the system's.",
    },
    Variable {
        name: "SSL_CERT_FILE",
        meaning: "A file of such certificates, instead of the system's.",
    },
    Variable {
        name: "TF_APPEND_USER_AGENT",
        meaning: "Words added to what Groma calls itself when it asks registries.",
    },
    Variable { name: "TF_CLI_ARGS", meaning: "Words inserted after the name of every command." },
    Variable {
        name: "TF_CLI_ARGS_*",
        meaning: "Words inserted after the name of that command: `TF_CLI_ARGS_plan`, `TF_CLI_ARGS_state_mv`.",
    },
    Variable {
        name: "TF_CLI_CONFIG_FILE",
        meaning: "The CLI configuration file; `.terraformrc` in the home directory, and `*.tfrc` in \
                  `.terraform.d` there, by default.",
    },
    Variable {
        name: "TF_DATA_DIR",
        meaning: "Where installed modules and providers and the name of the selected workspace are \
                  kept, and where Terraform records its backend; `.terraform` by default.",
    },
    Variable { name: "TF_INPUT", meaning: "`0` or `false`: never ask." },
    Variable {
        name: "TF_IN_AUTOMATION",
        meaning: "Any value: leave out hints about what to type next.",
    },
    Variable {
        name: "TF_LOG",
        meaning: "The least level at which what provider plugins log is shown: `TRACE`, `DEBUG`, \
                  `INFO`, `WARN` or `ERROR`.",
    },
    Variable {
        name: "TF_LOG_PATH",
        meaning: "A file that what provider plugins log is added to, instead of standard error.",
    },
    Variable { name: "TF_LOG_PROVIDER", meaning: "The same as `TF_LOG`, over it." },
    Variable {
        name: "TF_PLUGIN_CACHE_DIR",
        meaning: "Where packages of providers are kept that several directories use, over \
                  `plugin_cache_dir` of the CLI configuration file.",
    },
    Variable {
        name: "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",
        meaning: "Any value but `0`: use what is kept there also where the lock file has no hash of \
                  it.",
    },
    Variable {
        name: "TF_PLUGIN_MAGIC_COOKIE",
        meaning: "Set by what runs `groma provider serve`: shows that it is not run by hand.",
    },
    Variable {
        name: "TF_REGISTRY_CLIENT_TIMEOUT",
        meaning: "How many seconds a registry may take to answer; 10 by default.",
    },
    Variable {
        name: "TF_REGISTRY_DISCOVERY_RETRY",
        meaning: "How often a registry that does not answer well is asked again; once by default.",
    },
    Variable {
        name: "TF_TOKEN_*",
        meaning: "The token for a registry's host, over the CLI configuration file: \
                  `TF_TOKEN_app_example_com`, where `_` stands for a dot and `__` for a dash.",
    },
    Variable { name: "TF_VAR_*", meaning: "The value of an input variable of the root module." },
    Variable { name: "TF_WORKSPACE", meaning: "The workspace, over the selected one." },
    Variable {
        name: "XDG_CACHE_HOME",
        meaning: "Where it is kept what provider plugins declare, in `groma/schemas`; `.cache` in the \
                  home directory by default.",
    },
    Variable {
        name: "XDG_DATA_DIRS",
        meaning: "Where `terraform/plugins` is looked for, after `XDG_DATA_HOME`; `/usr/local/share` \
                  and `/usr/share` by default.",
    },
    Variable {
        name: "XDG_DATA_HOME",
        meaning: "Where `terraform/plugins` is looked for; `.local/share` in the home directory by \
                  default.",
    },
];

/// A snapshot of the environment, taken once at the start.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    vars: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// As the process has it.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads it")]
    pub fn read() -> Self {
        Self { vars: std::env::vars_os().collect() }
    }

    /// Every variable with its value, for programs that are started.
    pub fn all(&self) -> impl Iterator<Item = (OsString, OsString)> {
        self.vars.iter().map(|(name, value)| (name.clone(), value.clone()))
    }

    /// The value of `name`, if it is set, not empty, and text.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(OsString::from(name).as_os_str())?.to_str().filter(|v| !v.is_empty())
    }

    /// The value of `name`, whatever it is.
    pub fn raw(&self, name: &str) -> Option<OsString> {
        self.vars.get(OsString::from(name).as_os_str()).cloned()
    }

    /// The value of `name` as a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let value = self.vars.get(OsString::from(name).as_os_str())?;
        (!value.is_empty()).then(|| value.into())
    }

    /// Where Terraform keeps what it knows of a root module, relative to that.
    pub fn data_dir(&self) -> PathBuf {
        self.path("TF_DATA_DIR").unwrap_or_else(|| ".terraform".into())
    }

    /// Where programs keep what they can do without.
    pub fn cache_dir(&self) -> Option<PathBuf> {
        let own = self.path("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        own.or_else(|| Some(self.path("HOME")?.join(".cache")))
    }

    /// Values of root input variables, by name: `TF_VAR_name`. Empty values count.
    pub fn input_variables(&self) -> BTreeMap<String, String> {
        let vars = self.vars.iter();
        vars.filter_map(|(name, value)| {
            let name = name.to_str()?.strip_prefix("TF_VAR_")?;
            Some((name.to_owned(), value.to_string_lossy().into_owned()))
        })
        .collect()
    }

    /// The variables whose names start with `prefix`, by the rest of their names, as far as they
    /// are text and not empty.
    pub fn family<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let vars = self.vars.iter();
        let text = vars.filter_map(|(name, value)| Some((name.to_str()?, value.to_str()?)));
        text.filter(|(_, value)| !value.is_empty())
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
    }

    /// Whether questions may be asked.
    pub fn allows_input(&self) -> bool {
        !matches!(self.get("TF_INPUT"), Some("0" | "false" | "f" | "F" | "False" | "FALSE"))
    }

    /// Whether hints about the next command are unwanted.
    pub fn in_automation(&self) -> bool {
        self.get("TF_IN_AUTOMATION").is_some()
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        Self { vars: iter.into_iter().map(|(k, v)| (k.into(), v.into())).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_lists_every_variable() {
        let rows: Vec<String> =
            VARIABLES.iter().map(|v| format!("| `{}` | {} |\n", v.name, v.meaning)).collect();
        let rows = rows.concat();
        let reference = include_str!("../../../docs/environment.md");
        assert!(reference.ends_with(&rows), "docs/environment.md should end with:\n{rows}");
        assert!(VARIABLES.is_sorted_by_key(|v| v.name));
    }

    #[test]
    fn empty_values_are_no_values() {
        let env: Environment =
            [("A", ""), ("TF_VAR_x", ""), ("TF_INPUT", "0")].into_iter().collect();
        assert_eq!(env.get("A"), None);
        assert_eq!(env.input_variables().get("x").map(String::as_str), Some(""));
        assert!(!env.allows_input());
    }
}
