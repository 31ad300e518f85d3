//! Whether an object that a provider gave is one that its schema allows.

use std::fmt;

use groma_addr::ProviderConfig;
use groma_provider_api::objchange::normalise_legacy;
use groma_provider_api::{AttributeDiagnostic, ProviderDiagnostics};
use groma_value::{Path, Type, Value};

use crate::pool::TypeSchema;

/// Where a value is not of the type that it should be of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Misfit {
    path: Path,
    what: String,
}

/// `.path: what`, ready to follow an address.
impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

/// Whether a value that a provider gave is of the type that its schema says, dynamic parts being
/// free.
pub(crate) fn conforms(value: &Value, ty: &Type) -> Result<(), Misfit> {
    fits(&value.ty(), ty, Path::new())
}

fn fits(has: &Type, wants: &Type, path: Path) -> Result<(), Misfit> {
    let misfit = |path: Path, what: String| Err(Misfit { path, what });
    match (has, wants) {
        (_, Type::Dynamic) => Ok(()),
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => fits(a, b, path),
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
            let mut pairs = (0..).zip(a.iter().zip(&**b));
            pairs.try_for_each(|(at, (a, b))| fits(a, b, path.clone().index(at)))
        }
        (Type::Object(a), Type::Object(b)) => {
            for (name, attribute) in &b.attributes {
                let path = path.clone().attr(name.clone());
                match a.attributes.get(name) {
                    Some(has) => fits(&has.ty, &attribute.ty, path)?,
                    None => return misfit(path, "attribute is required".to_owned()),
                }
            }
            match a.attributes.keys().find(|name| !b.attributes.contains_key(*name)) {
                Some(name) => misfit(path, format!("unsupported attribute {:?}", name.as_str())),
                None => Ok(()),
            }
        }
        (a, b) if a == b => Ok(()),
        (_, b) => misfit(path, format!("{} required", b.friendly_name())),
    }
}

/// Complains of write-only attributes that a provider gave a value for; `when` ends the first
/// sentence.
pub(crate) fn write_only_given(
    value: &Value,
    schema: &TypeSchema,
    summary: &str,
    provider: &ProviderConfig,
    address: &str,
    when: &str,
) -> ProviderDiagnostics {
    if !schema.write_only {
        return Vec::new();
    }
    let paths = schema.schema.block.write_only_paths(value).into_iter();
    let complain = |path: Path| {
        AttributeDiagnostic::error(
            summary,
            format!(
                "Provider {:?} returned a value for the write-only attribute \"{address}{path}\" \
                 {when}. Write-only attributes cannot be read back from the provider. This is a \
                 bug in the provider, which should be reported in the provider's own issue \
                 tracker.",
                provider.to_string()
            ),
        )
    };
    paths.map(complain).collect()
}

/// An object that was read, with what the legacy SDK says otherwise put right: it has null where
/// there are no blocks.
pub(crate) fn put_right(value: Value, schema: &TypeSchema) -> Value {
    let block = &schema.schema.block;
    if block.blocks.is_empty() { value } else { normalise_legacy(block, &value) }
}

/// What is wrong with an object that was read; nothing with one that is gone.
pub(crate) fn unreadable(
    value: &Value,
    schema: &TypeSchema,
    provider: &ProviderConfig,
    address: &str,
) -> ProviderDiagnostics {
    let summary = "Provider produced invalid object";
    if value.is_null() {
        return Vec::new();
    }
    let invalid = |what: String| {
        let error = format!(
            "Provider {:?} planned an invalid value for {address} during refresh: {what}.\n\nThis \
             is a bug in the provider, which should be reported in the provider's own issue \
             tracker.",
            provider.provider.to_string()
        );
        vec![AttributeDiagnostic::error(summary, error)]
    };
    if let Err(misfit) = conforms(value, &schema.ty) {
        return invalid(misfit.to_string());
    }
    if !value.is_wholly_known() {
        return invalid("not all of it is known".to_owned());
    }
    write_only_given(value, schema, summary, provider, address, "during refresh")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &Value, ty: &Type, expected: &str) {
        let found =
            conforms(value, ty).map_or_else(|misfit| misfit.to_string(), |()| String::new());
        assert_eq!(found, expected);
    }

    #[test]
    fn misfits_are_named_with_their_place() {
        let ty = Type::object([("a", Type::list(Type::String)), ("b", Type::Dynamic)]);
        let a = |value: Value| Value::object_of([("a", value), ("b", Value::from("x"))]);
        check(&a(Value::list(Type::String, vec![])), &ty, "");
        check(&a(Value::list(Type::Bool, vec![])), &ty, ".a: string required");
        check(&Value::object_of([("b", Value::from("x"))]), &ty, ".a: attribute is required");
        let more = Value::object_of([
            ("a", Value::null(Type::list(Type::String))),
            ("b", Value::from("x")),
            ("c", Value::from("x")),
        ]);
        check(&more, &ty, ": unsupported attribute \"c\"");
        check(&Value::null(ty.clone()), &ty, "");
    }
}
