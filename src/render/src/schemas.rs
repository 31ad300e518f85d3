//! The schemas of everything that a plan or a state speaks of.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_addr::{Mode, Provider, Resource};
use groma_provider_api::{ProviderSchema, Schema};

/// Schemas of providers, by source.
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    providers: BTreeMap<Provider, Arc<ProviderSchema>>,
}

impl Schemas {
    /// Adds a provider's.
    pub fn insert(&mut self, provider: Provider, schema: Arc<ProviderSchema>) {
        self.providers.insert(provider, schema);
    }

    /// Each provider with its schema, by source.
    pub fn iter(&self) -> impl Iterator<Item = (&Provider, &Arc<ProviderSchema>)> {
        self.providers.iter()
    }

    /// The whole schema of a provider.
    pub fn provider(&self, provider: &Provider) -> Option<&Arc<ProviderSchema>> {
        self.providers.get(provider)
    }

    /// The schema of a resource's type; `None` if the provider does not know it (any more).
    pub fn resource(&self, provider: &Provider, resource: &Resource) -> Option<&Arc<Schema>> {
        let schema = self.providers.get(provider)?;
        let types = match resource.mode {
            Mode::Managed => &schema.resources,
            Mode::Data => &schema.data_sources,
            Mode::Ephemeral => &schema.ephemeral,
        };
        types.get(&resource.ty)
    }
}
