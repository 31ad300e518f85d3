//! Real providers and Python packages, which `cargo xtask test` fetches into the user's cache.

use std::path::PathBuf;

use crate::Missing;

/// A filesystem mirror with real binaries: hashicorp/aws 3.39.0 and 2.70.0, hashicorp/null 2.1.2,
/// local/workato 0.16.0.
pub fn mirror() -> Result<PathBuf, Missing> {
    part("mirror", "real provider binaries")
}

/// A Python with moto, which plays AWS.
pub fn moto() -> Result<PathBuf, Missing> {
    part("python/moto__5.2.5/bin/python3", "moto")
}

fn part(name: &str, what: &'static str) -> Result<PathBuf, Missing> {
    let path = cache().map(|cache| cache.join("parts").join(name));
    path.filter(|path| path.exists()).ok_or(Missing { what, install: "cargo xtask test" })
}

/// Where tests keep what they need again, in the user's cache.
pub(crate) fn cache() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where the tests keep things")]
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".cache")))?;
    Some(cache.join("groma"))
}
