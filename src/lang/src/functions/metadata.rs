//! The signatures of all functions, as `terraform metadata functions -json` gives them.

use std::collections::BTreeMap;

use groma_diag::{FunctionParameter, FunctionSignature};
use groma_value::{Type, Value, type_to_json};
use serde::Serialize;

use super::{Function, Parameter, all};

/// The version of the format.
const FORMAT: &str = "1.0";

#[derive(Serialize)]
struct Metadata {
    format_version: &'static str,
    function_signatures: BTreeMap<String, Signature>,
}

#[derive(Serialize)]
struct Signature {
    description: &'static str,
    return_type: serde_json::Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<ParameterSignature>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variadic_parameter: Option<ParameterSignature>,
}

#[derive(Serialize)]
struct ParameterSignature {
    name: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'static str,
    #[serde(skip_serializing_if = "is_false")]
    is_nullable: bool,
    #[serde(rename = "type")]
    ty: serde_json::Value,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Signature {
    fn of(function: &Function) -> Self {
        Self {
            description: function.description,
            return_type: type_to_json(&static_type(function)),
            parameters: function.parameters.iter().map(ParameterSignature::of).collect(),
            variadic_parameter: function.variadic.as_ref().map(ParameterSignature::of),
        }
    }
}

impl ParameterSignature {
    fn of(parameter: &Parameter) -> Self {
        Self {
            name: parameter.name,
            description: parameter.description,
            is_nullable: parameter.allow_null,
            ty: type_to_json(&(parameter.ty)()),
        }
    }
}

impl Function {
    /// What it takes and gives, for diagnostics.
    pub(crate) fn signature(&self) -> FunctionSignature {
        let parameter = |parameter: &Parameter| FunctionParameter {
            name: parameter.name.to_owned(),
            ty: type_to_json(&(parameter.ty)()).to_string(),
        };
        FunctionSignature {
            name: self.name.to_owned(),
            parameters: self.parameters.iter().map(parameter).collect(),
            variadic: self.variadic.as_ref().map(parameter),
            return_type: type_to_json(&static_type(self)).to_string(),
        }
    }
}

/// The type of the result as far as the parameters alone tell it.
fn static_type(function: &Function) -> Type {
    let parameters = || function.parameters.iter().chain(&function.variadic);
    if parameters().any(|parameter| !parameter.allow_dynamic && (parameter.ty)() == Type::Dynamic) {
        return Type::Dynamic;
    }
    let args: Vec<Value> = parameters().map(|p| Value::unknown((p.ty)())).collect();
    (function.return_type)(&args).unwrap_or(Type::Dynamic)
}

/// One line of JSON: the format's version, and the signature of every function by its name, with
/// and without `core::`.
pub fn metadata_json() -> Result<String, serde_json::Error> {
    let signatures = all().iter().flat_map(|function| {
        let name = function.name;
        [name.to_owned(), format!("core::{name}")].map(|name| (name, Signature::of(function)))
    });
    serde_json::to_string(&Metadata {
        format_version: FORMAT,
        function_signatures: signatures.collect(),
    })
}
