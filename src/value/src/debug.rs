//! Values for developers' eyes: `{a = "x", b = list(string)[unknown(string)]}`. Sensitive ones stay
//! hidden here too.

use std::fmt;

use crate::value::Repr;
use crate::{Fields, Value};

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.marks.sensitive() {
            return f.write_str("(sensitive)");
        }
        if self.marks.ephemeral() {
            return f.write_str("(ephemeral)");
        }
        match &self.repr {
            Repr::Null(ty) => write!(f, "null({ty})")?,
            Repr::Unknown(unknown) => {
                write!(f, "unknown({}", unknown.ty)?;
                if !unknown.refinements.is_empty() {
                    write!(f, ", {:?}", unknown.refinements)?;
                }
                f.write_str(")")?;
            }
            Repr::Bool(value) => write!(f, "{value}")?,
            Repr::Number(value) => write!(f, "{value}")?,
            Repr::String(value) => write!(f, "{value:?}")?,
            Repr::List(seq) | Repr::Set(seq) => {
                write!(f, "{}", seq.ty)?;
                f.debug_list().entries(&seq.items).finish()?;
            }
            Repr::Tuple(tuple) => f.debug_list().entries(&tuple.content).finish()?,
            Repr::Map(map) => {
                write!(f, "{}", map.ty)?;
                write_fields(f, &map.entries)?;
            }
            Repr::Object(object) => write_fields(f, &object.content)?,
        }
        Ok(())
    }
}

fn write_fields(f: &mut fmt::Formatter<'_>, fields: &Fields) -> fmt::Result {
    f.write_str("{")?;
    for (i, (name, value)) in fields.iter().enumerate() {
        let comma = if i > 0 { ", " } else { "" };
        write!(f, "{comma}{name} = {value:?}")?;
    }
    f.write_str("}")
}
