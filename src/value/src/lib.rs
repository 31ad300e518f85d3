//! Values of the Terraform language, with the semantics of cty.
//!
//! A [`Value`] has a [`Type`], may be null or unknown (with [`Refinements`]), and carries
//! [`Marks`]. Cloning is cheap: anything larger than a word is shared. Operations never fail to
//! carry marks and unknowns onwards.
//!
//! **Invariant:** no I/O, no diagnostics, no knowledge of configuration.

mod convert;
mod debug;
mod defaults;
mod fields;
mod fingerprint;
mod json;
mod marks;
mod msgpack;
mod number;
mod ops;
mod path;
mod refine;
mod set;
mod stored;
mod text;
mod types;
mod unify;
mod value;
mod walk;

pub use convert::{ConvertError, convert, possible};
pub use defaults::Defaults;
pub use fields::Fields;
pub use json::{
    JsonError, decode_json, encode_json, from_json, implied_type, to_json, type_from_json,
    type_to_json, write_json_string,
};
pub use marks::Marks;
pub use msgpack::{MsgpackError, from_msgpack, to_msgpack};
pub use number::{ArithmeticError, Number, ParseNumberError};
pub use ops::OpError;
pub use path::{Path, PathStep};
pub use refine::{Refinements, Refiner, UnknownValue};
pub use text::Str;
pub use types::{Attribute, ObjectType, Type};
pub use unify::{unify, unify_with};
pub use value::{Value, View};
