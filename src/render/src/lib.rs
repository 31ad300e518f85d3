//! Plans, states, events and diagnostics as people and programs read them.
//!
//! **Invariant:** everything here returns text or JSON; nothing prints, reads the environment or
//! decides.

pub mod change;
pub mod configuration;
pub mod console;
pub mod diagnostic;
pub mod json;
pub mod plan;
pub mod schemas;
pub mod state;
pub mod style;
pub mod ui;
