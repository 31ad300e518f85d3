//! Parameters of functions.

use groma_value::Type;

/// A parameter of a function.
///
/// Made in constant tables: `Parameter::string("prefix").marked()`.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent, as in cty")]
pub struct Parameter {
    /// Its name, as the documentation and error messages give it.
    pub name: &'static str,
    /// What it is for, in our own words; empty where the name says it.
    pub description: &'static str,
    /// What arguments are converted to before the call; a function pointer since types are shared.
    pub ty: fn() -> Type,
    /// Whether null may be passed; otherwise null is an error before the call.
    pub allow_null: bool,
    /// Whether the function itself handles unknown arguments; otherwise the result is unknown.
    pub allow_unknown: bool,
    /// Whether the function itself handles marks; otherwise they come off and go onto the result.
    pub allow_marked: bool,
    /// Whether an argument of unknown type reaches the function.
    pub allow_dynamic: bool,
}

impl Parameter {
    /// A parameter of type `ty` that allows nothing special.
    pub const fn new(name: &'static str, ty: fn() -> Type) -> Self {
        Self {
            name,
            description: "",
            ty,
            allow_null: false,
            allow_unknown: false,
            allow_marked: false,
            allow_dynamic: false,
        }
    }

    /// A `string`.
    pub const fn string(name: &'static str) -> Self {
        Self::new(name, || Type::String)
    }

    /// A `number`.
    pub const fn number(name: &'static str) -> Self {
        Self::new(name, || Type::Number)
    }

    /// A value of any type, which the function looks at itself.
    pub const fn any(name: &'static str) -> Self {
        Self::new(name, || Type::Dynamic)
    }

    /// A `list(string)`.
    pub const fn strings(name: &'static str) -> Self {
        Self::new(name, || Type::list(Type::String))
    }

    /// A list, its elements unified.
    pub const fn list(name: &'static str) -> Self {
        Self::new(name, || Type::list(Type::Dynamic))
    }

    /// A set, its elements unified.
    pub const fn set(name: &'static str) -> Self {
        Self::new(name, || Type::set(Type::Dynamic))
    }

    /// Says what it is for.
    #[must_use]
    pub const fn described(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Lets null through.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.allow_null = true;
        self
    }

    /// Lets unknown values through.
    #[must_use]
    pub const fn unknown(mut self) -> Self {
        self.allow_unknown = true;
        self
    }

    /// Lets marks through.
    #[must_use]
    pub const fn marked(mut self) -> Self {
        self.allow_marked = true;
        self
    }

    /// Lets values of unknown type through.
    #[must_use]
    pub const fn dynamic(mut self) -> Self {
        self.allow_dynamic = true;
        self
    }
}
