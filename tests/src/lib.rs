//! What the end-to-end tests share: a hermetic directory, the `groma` binary, the real
//! `terraform` as the oracle, and the harness that holds one against the other.

pub mod aws;
pub mod better;
pub mod compare;
mod decided;
pub mod fixture;
mod fold;
pub mod json;
mod oracle;
pub mod parity;
pub mod parts;
pub mod random;
pub mod registry;
mod remembered;
pub mod run;
pub mod server;
pub mod small;
mod stage;
pub mod styled;
pub mod terminal;
pub mod texts;
pub mod themes;
pub mod trial;
mod workdir;

pub use oracle::{Missing, terraform};
pub use workdir::{Output, Workdir, groma_binary};
