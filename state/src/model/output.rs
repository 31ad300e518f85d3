//! Output values.

use std::collections::BTreeMap;
use std::fmt;

use groma_addr::Ident;
use groma_value::Value;

/// An output value, of the root module or of a module instance.
#[derive(Clone)]
pub struct Output {
    /// Wholly known and without marks. Its type is the value's own ([`Value::ty`]).
    pub value: Value,
    /// Whether it must not be shown.
    pub sensitive: bool,
}

/// Output values by name.
pub type Outputs = BTreeMap<Ident, Output>;

/// The value only if it may be shown.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sensitive { f.write_str("(sensitive value)") } else { self.value.fmt(f) }
    }
}
