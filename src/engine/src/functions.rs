//! Functions of providers, as expressions call them.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use groma_eval::ProviderFunctions;
use groma_lang::eval::{ExternalFunction, ExternalParameter};
use groma_lang::functions::FunctionError;
use groma_provider_api::{FunctionParameter, FunctionSignature, Provider};
use groma_value::{Type, Value};

use crate::pool::Pool;

/// The functions of all providers of a pool, called on instances that are not configured.
pub(crate) fn provider_functions(pool: &Pool) -> ProviderFunctions {
    let mut all = ProviderFunctions::new();
    for (source, loaded) in pool.iter() {
        let functions = loaded.schema.functions.iter().map(|(name, signature)| {
            let function: Arc<dyn ExternalFunction> = Arc::new(ProviderFunction {
                name: Arc::clone(name),
                signature: signature.clone(),
                provider: Arc::clone(&loaded.probe),
            });
            (name.to_string(), function)
        });
        all.insert(source.clone(), functions.collect());
    }
    all
}

struct ProviderFunction {
    name: Arc<str>,
    signature: FunctionSignature,
    provider: Arc<dyn Provider>,
}

fn parameter(parameter: &FunctionParameter) -> ExternalParameter<'_> {
    ExternalParameter {
        name: &parameter.name,
        ty: &parameter.ty,
        allow_null: parameter.allow_null,
        allow_unknown: parameter.allow_unknown,
    }
}

impl ExternalFunction for ProviderFunction {
    fn parameter(&self, index: usize) -> Option<ExternalParameter<'_>> {
        let found = self.signature.parameters.get(index).or(self.signature.variadic.as_ref());
        found.map(parameter)
    }

    fn required(&self) -> usize {
        self.signature.parameters.len()
    }

    fn is_variadic(&self) -> bool {
        self.signature.variadic.is_some()
    }

    fn return_type(&self) -> &Type {
        &self.signature.return_type
    }

    fn call(&self, args: &[Value]) -> Result<Value, FunctionError> {
        let mut call = self.provider.call(&self.name, args);
        // Evaluation does not wait; a provider in process has nothing to wait for.
        match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result.map_err(|(argument, message)| match argument {
                Some(index) => FunctionError::argument(index, message),
                None => FunctionError::new(message),
            }),
            Poll::Pending => Err(FunctionError::new(
                "functions of providers that run as a process of their own are not supported yet",
            )),
        }
    }
}
