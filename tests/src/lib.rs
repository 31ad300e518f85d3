//! What the end-to-end tests share: a hermetic directory, the `groma` binary, and the real
//! `terraform` as the oracle.

mod oracle;
mod workdir;

pub use oracle::{Missing, terraform};
pub use workdir::{Output, Workdir, groma_binary};
