//! Functions.

use groma_provider_api::ProviderDiagnostics;
use groma_value::Value;

use super::{PluginProvider, Wire};
use crate::proto;
use crate::rpc::Method;
use crate::wire::{self, Malformed};

impl PluginProvider {
    pub(super) async fn call_function(
        &self,
        name: &str,
        args: &[Value],
    ) -> Result<Value, (Option<usize>, String)> {
        const METHOD: Method = Method::CallFunction;
        let said = |problems: ProviderDiagnostics| {
            let texts = problems.into_iter().map(|p| format!("{}: {}", p.summary, p.detail));
            (None, texts.collect::<Vec<_>>().join("; "))
        };
        let declared = self.binary.declared().await.map_err(said)?;
        let Some(signature) = declared.all.functions.get(name) else {
            return Err((None, format!("This provider has no function {name:?}.")));
        };
        let positional = signature.parameters.iter().map(Some);
        let parameters = positional.chain(std::iter::repeat(signature.variadic.as_ref()));
        let arguments = args.iter().zip(parameters).map(|(value, parameter)| {
            let Some(parameter) = parameter else {
                return Err((None, format!("The function {name:?} takes fewer arguments.")));
            };
            let encoded = Self::encode(METHOD, value, &parameter.ty).map_err(said)?;
            Ok(encoded.unwrap_or_default())
        });
        let request =
            proto::Call { name: name.to_owned(), arguments: arguments.collect::<Result<_, _>>()? };
        let answer: Wire<proto::Called> = self.call(METHOD, request).await;
        let answer = answer.map_err(said)?;
        if let Some(proto::FunctionError { text, function_argument }) = answer.error {
            return Err((function_argument.and_then(|at| usize::try_from(at).ok()), text));
        }
        wire::decode(answer.result, &signature.return_type, "result")
            .map_err(|Malformed(problem)| said(self.binary.malformed(METHOD, &problem)))
    }
}
