//! What providers in process are made of: one type for each resource type, data source, function,
//! and a router ([`Native`]) that makes a [`Provider`](crate::Provider) of them.
//!
//! **Invariant:** time and randomness come only through [`Clock`] and [`Randomness`], so that a
//! test decides both.

mod checks;
mod host;
mod object;
mod parts;
mod plan;
mod random;
mod router;
mod state;
#[cfg(feature = "testing")]
pub mod testing;

pub use checks::Checks;
pub use host::{Clock, Randomness, SystemClock, SystemRandomness};
pub use object::Object;
pub use parts::{CallResult, DataSource, EphemeralType, Function, ResourceType};
pub use plan::{Amend, Rules};
pub use random::{RandomnessError, hex, random_bytes, uuid};
pub use router::{Native, NativeFactory};
pub use state::JsonObject;
