//! What a provider declares, and the types that follow from it, each made when it is first asked for.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use groma_provider_api::{Capabilities, ProviderSchema, Schema};
use groma_value::Type;

use crate::proto::ProviderSchemas;
use crate::rpc::Protocol;
use crate::wire::{self, Malformed};

/// Which kind of type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Resource,
    Data,
    Ephemeral,
}

/// Everything that a provider declares.
pub(crate) struct Schemas {
    /// For the engine.
    pub(crate) all: Arc<ProviderSchema>,
    /// Of the provider's configuration.
    pub(crate) config: Type,
    types: HashMap<(Kind, Arc<str>), OnceLock<Type>>,
    /// What the provider can do.
    pub(crate) capabilities: Capabilities,
    /// Whether it carries objects over from other types.
    pub(crate) moves: bool,
}

impl Schemas {
    pub(crate) fn new(answer: ProviderSchemas, protocol: Protocol) -> Result<Self, Malformed> {
        let provider = match &answer.provider {
            Some(encoded) => wire::schema(encoded, protocol)?,
            None => Schema::default(),
        };
        let read = |encoded: HashMap<String, Vec<u8>>| {
            let schemas = encoded.into_iter().map(|(name, encoded)| {
                let schema = wire::schema(&encoded, protocol)
                    .map_err(|Malformed(problem)| Malformed(format!("{name}: {problem}")))?;
                Ok((Arc::from(name), Arc::new(schema)))
            });
            schemas.collect::<Result<_, Malformed>>()
        };
        let functions = answer.functions.into_iter().map(|(name, function)| {
            let signature = wire::signature(function)
                .map_err(|Malformed(problem)| Malformed(format!("function {name}: {problem}")))?;
            Ok((Arc::from(name), signature))
        });
        let all = ProviderSchema {
            resources: read(answer.resources)?,
            data_sources: read(answer.data_sources)?,
            ephemeral: read(answer.ephemeral)?,
            functions: functions.collect::<Result<_, Malformed>>()?,
            provider,
        };
        let capabilities = answer.capabilities.unwrap_or_default();
        let moves = capabilities.move_resource_state;
        let capabilities =
            Capabilities { plan_destroy: capabilities.plan_destroy, ..Capabilities::default() };
        Ok(Self::of(Arc::new(all), capabilities, moves))
    }

    /// What a provider in process declares.
    pub(crate) fn of(all: Arc<ProviderSchema>, capabilities: Capabilities, moves: bool) -> Self {
        let kinds = [
            (Kind::Resource, &all.resources),
            (Kind::Data, &all.data_sources),
            (Kind::Ephemeral, &all.ephemeral),
        ];
        let types = kinds.into_iter().flat_map(|(kind, schemas)| {
            schemas.keys().map(move |name| ((kind, Arc::clone(name)), OnceLock::new()))
        });
        let types = types.collect();
        Self { types, config: all.provider.block.implied_type(), all, capabilities, moves }
    }

    /// The type of the objects of the type `name`.
    pub(crate) fn object_type(&self, kind: Kind, name: &str) -> Option<&Type> {
        let ty = self.types.get(&(kind, Arc::from(name)))?;
        let schema = match kind {
            Kind::Resource => self.all.resources.get(name),
            Kind::Data => self.all.data_sources.get(name),
            Kind::Ephemeral => self.all.ephemeral.get(name),
        }?;
        Some(ty.get_or_init(|| schema.block.implied_type()))
    }
}
