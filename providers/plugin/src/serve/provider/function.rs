//! Functions.

use std::collections::HashMap;
use std::sync::Arc;

use groma_provider_api::{FunctionSignature, ProviderSchema};
use groma_value::Value;

use super::{Answer, Served, decode, encode};
use crate::{proto, wire};

impl Served {
    pub(in crate::serve) async fn functions(self: Arc<Self>) -> Answer<proto::Functions> {
        Ok(match self.schemas().await {
            Ok(schemas) => {
                proto::Functions { functions: signatures(&schemas.all), diagnostics: Vec::new() }
            }
            Err(problems) => proto::Functions {
                diagnostics: wire::diagnostics_to(problems),
                ..Default::default()
            },
        })
    }

    pub(in crate::serve) async fn call(
        self: Arc<Self>,
        request: proto::Call,
    ) -> Answer<proto::Called> {
        let schemas = match self.schemas().await {
            Ok(schemas) => schemas,
            Err(problems) => {
                let said = problems.into_iter().map(|p| format!("{}: {}", p.summary, p.detail));
                return Ok(failed(None, said.collect::<Vec<_>>().join("; ")));
            }
        };
        let Some(signature) = schemas.all.functions.get(request.name.as_str()) else {
            let text = format!("This provider has no function {:?}.", request.name);
            return Ok(failed(None, text));
        };
        let arguments = match arguments(signature, request.arguments)? {
            Ok(arguments) => arguments,
            Err(text) => return Ok(failed(None, text)),
        };
        Ok(match self.provider.call(&request.name, &arguments).await {
            Ok(value) => {
                proto::Called { result: encode(&value, &signature.return_type)?, error: None }
            }
            Err((argument, text)) => failed(argument, text),
        })
    }
}

/// The arguments that were sent, or that there are too few or too many.
fn arguments(
    signature: &FunctionSignature,
    sent: Vec<proto::DynamicValue>,
) -> Answer<Result<Vec<Value>, String>> {
    let least = signature.parameters.len();
    if sent.len() < least || (sent.len() > least && signature.variadic.is_none()) {
        return Ok(Err(format!("The function takes {least} arguments, not {}.", sent.len())));
    }
    let parameters = signature.parameters.iter().chain(signature.variadic.iter().cycle());
    let decoded = sent.into_iter().zip(parameters).map(|(argument, parameter)| {
        decode(Some(argument), &parameter.ty, &format!("argument {:?}", parameter.name))
    });
    decoded.collect::<Answer<Vec<_>>>().map(Ok)
}

fn failed(argument: Option<usize>, text: String) -> proto::Called {
    let function_argument = argument.and_then(|at| i64::try_from(at).ok());
    proto::Called { result: None, error: Some(proto::FunctionError { text, function_argument }) }
}

pub(super) fn signatures(all: &ProviderSchema) -> HashMap<String, proto::Function> {
    let functions = all.functions.iter();
    functions.map(|(name, signature)| (name.to_string(), wire::signature_to(signature))).collect()
}
