//! Functions' signatures.

use groma_provider_api::{FunctionParameter, FunctionSignature};
use groma_value::Type;

use super::Malformed;
use super::schema::ty;
use crate::proto;

/// The signature of a function.
pub(crate) fn signature(function: proto::Function) -> Result<FunctionSignature, Malformed> {
    let parameters: Result<_, _> = function.parameters.into_iter().map(parameter).collect();
    Ok(FunctionSignature {
        summary: function.summary,
        description: function.description,
        parameters: parameters?,
        variadic: function.variadic_parameter.map(parameter).transpose()?,
        return_type: function.result.map_or(Ok(Type::Dynamic), |result| ty(&result.ty))?,
        deprecation: Some(function.deprecation_message).filter(|text| !text.is_empty()),
    })
}

fn parameter(parameter: proto::Parameter) -> Result<FunctionParameter, Malformed> {
    Ok(FunctionParameter {
        ty: ty(&parameter.ty)?,
        name: parameter.name,
        allow_null: parameter.allow_null_value,
        allow_unknown: parameter.allow_unknown_values,
        description: parameter.description,
    })
}
