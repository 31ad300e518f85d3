//! The store that is always there: SQLite in one file.
//!
//! | Table | What |
//! |---|---|
//! | `states` | one row a (stack, workspace) |
//! | `runs`, `versions` | who changed a state, and what came of it |
//! | `subjects` | addresses of objects, outputs, checks |
//! | `facts` | what was so of a subject from one version to another; never copied for a version |
//! | `texts` | shared texts: providers, dependencies |
//! | `links` | what dependencies depend on themselves |
//! | `intents`, `locks` | what is being done now |
//!
//! One thread writes. It takes all that is queued into one transaction, commits it to the disk
//! (`synchronous=FULL`), and answers everyone then. Reading has a connection of its own, which
//! the write-ahead log lets go on meanwhile. The file is made at the first write.

mod body;
mod error;
mod facts;
mod links;
mod load;
mod locks;
mod process;
mod run;
mod schema;
mod store;
mod versions;
mod worker;

pub use store::{Options, SqliteStore};
