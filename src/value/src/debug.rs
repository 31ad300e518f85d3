//! Values for developers' eyes. Sensitive ones stay hidden here too.

use std::fmt;

use crate::{Value, View};

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.marks().sensitive() {
            return f.write_str("(sensitive)");
        }
        if self.marks().ephemeral() {
            return f.write_str("(ephemeral)");
        }
        match self.view() {
            View::Null => write!(f, "null({:?})", self.ty()),
            View::Unknown(_) => write!(f, "unknown({:?})", self.ty()),
            View::Bool(value) => write!(f, "{value}"),
            View::Number(value) => write!(f, "{value}"),
            View::String(value) => write!(f, "{value:?}"),
            View::List(items) | View::Tuple(items) => f.debug_list().entries(items).finish(),
            View::Set(items) => f.debug_set().entries(items).finish(),
            View::Map(fields) | View::Object(fields) => {
                f.debug_map().entries(fields.iter()).finish()
            }
        }
    }
}
