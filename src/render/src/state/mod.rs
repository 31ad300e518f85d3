//! States: `show`, `state show` and `output`, for people and as JSON.

mod decode;
mod json;
mod outputs;
mod text;

pub use decode::object_value;
pub(crate) use json::{ModuleTree, ResourceJson, key_json, mode_json};
pub use json::{checks_json, state_json};
pub use outputs::{output_raw, output_text, outputs_json, outputs_text, value_text};
pub use text::{instance_text, state_text};
