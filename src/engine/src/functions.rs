//! Functions of providers, as expressions call them.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use groma_eval::ProviderFunctions;
use groma_lang::eval::{ExternalFunction, ExternalParameter};
use groma_lang::functions::FunctionError;
use groma_provider_api::{FunctionParameter, FunctionSignature, Provider};
use groma_value::{Type, Value};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::pool::Pool;

/// The functions of all providers of a pool, called on instances that are not configured.
pub(crate) fn provider_functions(pool: &Pool) -> ProviderFunctions {
    let mut all = ProviderFunctions::new();
    let runtime = Handle::try_current().ok();
    for (source, loaded) in pool.iter() {
        let functions = loaded.schema.functions.iter().map(|(name, signature)| {
            let function: Arc<dyn ExternalFunction> = Arc::new(ProviderFunction {
                name: Arc::clone(name),
                signature: signature.clone(),
                provider: Arc::clone(&loaded.probe),
                runtime: runtime.clone(),
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
    /// What calls that take time run on.
    runtime: Option<Handle>,
}

fn failed((argument, message): (Option<usize>, String)) -> FunctionError {
    match argument {
        Some(index) => FunctionError::argument(index, message),
        None => FunctionError::new(message),
    }
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
        // A provider in process has nothing to wait for.
        if let Poll::Ready(done) = call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return done.map_err(failed);
        }
        // For a plugin this thread waits, as evaluation does not; others take over what it had to do
        // besides.
        let on_threads = |at: &&Handle| at.runtime_flavor() == RuntimeFlavor::MultiThread;
        let Some(runtime) = self.runtime.as_ref().filter(on_threads) else {
            return Err(FunctionError::new("there are no threads to call the provider from"));
        };
        tokio::task::block_in_place(|| runtime.block_on(call)).map_err(failed)
    }
}
