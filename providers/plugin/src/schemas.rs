//! What a provider declares, and the types that follow from it, each made when it is first asked for.

pub(crate) mod cache;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use groma_provider_api::{Capabilities, ProviderSchema, Schema, Schemas as Types};
use groma_value::Type;
use prost::Message as _;

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
pub(crate) struct Declared {
    /// For the engine.
    pub(crate) all: Arc<ProviderSchema>,
    /// Of the provider's configuration.
    pub(crate) config: Type,
    /// Of what modules tell the provider about themselves.
    pub(crate) meta: Option<Type>,
    types: HashMap<(Kind, Arc<str>), OnceLock<Type>>,
    identities: HashMap<Arc<str>, Type>,
    /// What the provider can do.
    pub(crate) capabilities: Capabilities,
    /// Whether it carries objects over from other types.
    pub(crate) moves: bool,
    /// Whether calls can be made before it was asked for its schema.
    pub(crate) optional: bool,
}

/// What has been decoded before: then a schema can be read when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    Known,
    Unknown,
}

impl Declared {
    /// Of an answer to `GetProviderSchema`.
    pub(crate) fn new(
        answer: ProviderSchemas,
        protocol: Protocol,
        trust: Trust,
    ) -> Result<Self, Malformed> {
        let provider = match &answer.provider {
            Some(encoded) => wire::schema(encoded, protocol)?,
            None => Schema::default(),
        };
        let functions = answer.functions.into_iter().map(|(name, function)| {
            let signature = wire::signature(function)
                .map_err(|Malformed(problem)| Malformed(format!("function {name}: {problem}")))?;
            Ok((Arc::from(name), signature))
        });
        let identities = answer.identities.unwrap_or_default().identity_schemas.into_iter().map(
            |(name, schema)| {
                let schema = wire::identity_schema(schema).map_err(|Malformed(problem)| {
                    Malformed(format!("identity of {name}: {problem}"))
                })?;
                Ok((Arc::from(name), Arc::new(schema)))
            },
        );
        let actions = answer.actions.into_iter().map(|(name, action)| (name, action.schema));
        let meta = answer.provider_meta.as_deref().map(|meta| wire::schema(meta, protocol));
        let all = ProviderSchema {
            resources: types(answer.resources, protocol, trust)?,
            data_sources: types(answer.data_sources, protocol, trust)?,
            ephemeral: types(answer.ephemeral, protocol, trust)?,
            lists: types(answer.lists, protocol, trust)?,
            actions: types(actions.collect(), protocol, trust)?,
            functions: functions.collect::<Result<_, Malformed>>()?,
            identities: identities.collect::<Result<_, Malformed>>()?,
            meta: meta.transpose()?,
            provider,
        };
        let capabilities = answer.capabilities.unwrap_or_default();
        let moves = capabilities.move_resource_state;
        let optional = capabilities.get_provider_schema_optional;
        let capabilities =
            Capabilities { plan_destroy: capabilities.plan_destroy, ..Capabilities::default() };
        Ok(Self { optional, ..Self::of(Arc::new(all), capabilities, moves) })
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
        let identities = all.identities.iter();
        let identities = identities.map(|(name, schema)| (Arc::clone(name), schema.ty()));
        Self {
            types: types.collect(),
            config: all.provider.block.implied_type(),
            meta: all.meta.as_ref().map(|meta| meta.block.implied_type()),
            identities: identities.collect(),
            all,
            capabilities,
            moves,
            optional: true,
        }
    }

    /// Of an answer that was kept: none, if it is none after all.
    pub(crate) fn kept(answer: &[u8], protocol: Protocol) -> Option<Self> {
        Self::new(ProviderSchemas::decode(answer).ok()?, protocol, Trust::Known).ok()
    }

    /// The type of what names objects of the managed resource type `name`.
    pub(crate) fn identity_type(&self, name: &str) -> Option<&Type> {
        self.identities.get(name)
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

fn types(
    encoded: HashMap<String, Vec<u8>>,
    protocol: Protocol,
    trust: Trust,
) -> Result<Types, Malformed> {
    let mut types = Types::default();
    for (name, encoded) in encoded {
        let name: Arc<str> = name.into();
        if trust == Trust::Known {
            // It was decoded before it was kept, or it would not have been.
            let later = move || wire::schema(&encoded, protocol).ok().map(Arc::new);
            types.insert_later(name, later);
            continue;
        }
        let schema = wire::schema(&encoded, protocol)
            .map_err(|Malformed(problem)| Malformed(format!("{name}: {problem}")))?;
        types.insert(name, Arc::new(schema));
    }
    Ok(types)
}
