//! Unification: the one type that values of several types convert to.

use crate::Type;

/// The type that all of `types` convert to (cty `UnifyUnsafe`); `None` if there is none.
pub fn unify(_types: &[Type]) -> Option<Type> {
    todo!()
}
