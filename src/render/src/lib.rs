//! Plans, states, events and diagnostics as people and programs read them.
//!
//! **Invariant:** everything here returns text or JSON; nothing prints, reads the environment or
//! decides.

pub mod change;
pub mod diagnostic;
pub mod style;
