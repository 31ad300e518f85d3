//! Functions' signatures, both ways.

use groma_provider_api::{FunctionParameter, FunctionSignature};
use groma_value::Type;

use super::Malformed;
use super::schema::{ty, ty_to};
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

/// What a native provider says of a function.
pub(crate) fn signature_to(signature: &FunctionSignature) -> proto::Function {
    proto::Function {
        parameters: signature.parameters.iter().map(parameter_to).collect(),
        variadic_parameter: signature.variadic.as_ref().map(parameter_to),
        result: Some(proto::Return { ty: ty_to(&signature.return_type) }),
        summary: signature.summary.clone(),
        description: signature.description.clone(),
        deprecation_message: signature.deprecation.clone().unwrap_or_default(),
    }
}

fn parameter_to(parameter: &FunctionParameter) -> proto::Parameter {
    proto::Parameter {
        name: parameter.name.clone(),
        ty: ty_to(&parameter.ty),
        allow_null_value: parameter.allow_null,
        allow_unknown_values: parameter.allow_unknown,
        description: parameter.description.clone(),
    }
}
