//! Diagnostics, as a box in the terminal and as JSON.

mod context;
mod json;
mod order;
mod text;

pub use json::{diagnostic_json, validate_json};
pub use text::{compact_warnings, diagnostic_text, render_all};
