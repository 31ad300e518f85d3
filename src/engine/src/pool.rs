//! Providers: their schemas, and an instance for each configuration that is used.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use groma_addr::{Ident, Mode, ProviderConfig};
use groma_diag::{Diagnostic, Diagnostics};
use groma_eval::decode::Spec;
use groma_provider_api::{
    AttributeDiagnostic, Factory, IdentitySchema, Metadata, Provider, ProviderSchema, Schema,
};
use groma_value::{Type, Value};

/// How many calls may be under way at once of providers that are not configured: they ask nobody.
const UNCONFIGURED: usize = 32;

/// What makes providers, by source. Which one serves a source was decided before.
pub type Factories = BTreeMap<groma_addr::Provider, Arc<dyn Factory>>;

/// A type of object, with what follows from its schema.
pub(crate) struct TypeSchema {
    /// As the provider gave it.
    pub(crate) schema: Arc<Schema>,
    /// The type of its objects.
    pub(crate) ty: Type,
    /// Decodes blocks of it.
    pub(crate) spec: Spec,
    /// Whether some attribute is sensitive.
    pub(crate) sensitive: bool,
    /// Whether some attribute is write-only.
    pub(crate) write_only: bool,
    /// What names its objects, if anything does.
    pub(crate) identity: Option<NamedBy>,
}

/// What names the objects of a type.
pub(crate) struct NamedBy {
    /// The version of its schema.
    pub(crate) version: u64,
    /// The type of the identities.
    pub(crate) ty: Type,
}

/// A provider that is used, not configured yet.
pub(crate) struct Loaded {
    /// What it says of itself.
    pub(crate) metadata: Metadata,
    /// Everything that it declares.
    pub(crate) schema: Arc<ProviderSchema>,
    /// Decodes its configuration.
    pub(crate) spec: Spec,
    /// An instance for schemas, validation and functions.
    pub(crate) probe: Arc<dyn Provider>,
    factory: Arc<dyn Factory>,
    types: HashMap<(Mode, Ident), OnceLock<Arc<TypeSchema>>>,
}

/// All providers that are used, with an instance for each configuration.
#[derive(Default)]
pub(crate) struct Pool {
    loaded: HashMap<groma_addr::Provider, Loaded>,
    configured: HashMap<Arc<ProviderConfig>, Arc<dyn Provider>>,
}

impl TypeSchema {
    fn new(schema: &Arc<Schema>, identity: Option<&IdentitySchema>) -> Self {
        Self {
            ty: schema.block.implied_type(),
            spec: Spec::new(&schema.block),
            sensitive: schema.block.has_sensitive(),
            write_only: schema.block.has_write_only(),
            identity: identity.map(|named| NamedBy { version: named.version, ty: named.ty() }),
            schema: Arc::clone(schema),
        }
    }

    /// The value with everything marked that the schema says must not be shown.
    pub(crate) fn mark_sensitive(&self, value: groma_value::Value) -> groma_value::Value {
        if !self.sensitive {
            return value;
        }
        let marks = self.schema.block.value_marks(&value);
        value.mark_with_paths(&marks)
    }

    /// The value with write-only attributes null, as plans and states have it.
    pub(crate) fn without_write_only(&self, value: groma_value::Value) -> groma_value::Value {
        if self.write_only { self.schema.block.strip_write_only(&value) } else { value }
    }
}

impl Loaded {
    fn new(
        metadata: Metadata,
        schema: Arc<ProviderSchema>,
        probe: Arc<dyn Provider>,
        factory: Arc<dyn Factory>,
    ) -> Self {
        let mut types = HashMap::new();
        for (mode, schemas) in [
            (Mode::Managed, &schema.resources),
            (Mode::Data, &schema.data_sources),
            (Mode::Ephemeral, &schema.ephemeral),
        ] {
            types.extend(schemas.keys().map(|name| ((mode, Arc::clone(name)), OnceLock::new())));
        }
        let spec = Spec::new(&schema.provider.block);
        Self { metadata, schema, spec, probe, factory, types }
    }

    /// A type of object. What follows from its schema is worked out for the types that are used.
    pub(crate) fn ty(&self, mode: Mode, name: &Ident) -> Option<&Arc<TypeSchema>> {
        let known = self.types.get(&(mode, Arc::clone(name)))?;
        if let Some(ty) = known.get() {
            return Some(ty);
        }
        let schema = match mode {
            Mode::Managed => self.schema.resources.get(name),
            Mode::Data => self.schema.data_sources.get(name),
            Mode::Ephemeral => self.schema.ephemeral.get(name),
        }?;
        let identity = self.schema.identities.get(name).filter(|_| mode == Mode::Managed);
        let identity = identity.map(|identity| &**identity);
        Some(known.get_or_init(|| Arc::new(TypeSchema::new(schema, identity))))
    }

    /// A new instance, to be configured.
    pub(crate) fn instantiate(&self) -> Arc<dyn Provider> {
        self.factory.instantiate()
    }
}

impl Pool {
    /// Asks the providers of these sources for their schemas, all at once.
    pub(crate) async fn load(
        factories: &Factories,
        sources: impl IntoIterator<Item = groma_addr::Provider>,
    ) -> (Self, Diagnostics) {
        let mut pool = Self::default();
        let mut diags = Diagnostics::new();
        let sources: BTreeSet<groma_addr::Provider> = sources.into_iter().collect();
        let mut asked = Vec::with_capacity(sources.len());
        for source in sources {
            let Some(factory) = factories.get(&source) else {
                diags.push(missing(&source));
                continue;
            };
            let (factory, probe) = (Arc::clone(factory), factory.instantiate());
            let answer = tokio::spawn(async move {
                let schema = probe.schema().await?;
                probe.ready().await?;
                Ok(Loaded::new(factory.metadata(), schema, probe, factory))
            });
            asked.push((source, answer));
        }
        for (source, answer) in asked {
            match answer.await.unwrap_or_else(|lost| Err(vec![ended(&lost)])) {
                Ok(loaded) => drop(pool.loaded.insert(source, loaded)),
                Err(errors) => diags.extend(errors.iter().map(|error| unloadable(&source, error))),
            }
        }
        (pool, diags)
    }

    /// What all of them declare.
    pub(crate) fn schemas(&self) -> Arc<groma_eval::ProviderSchemas> {
        let all = self.loaded.iter();
        Arc::new(all.map(|(source, l)| (source.clone(), Arc::clone(&l.schema))).collect())
    }

    /// The provider of that source.
    pub(crate) fn get(&self, source: &groma_addr::Provider) -> Option<&Loaded> {
        self.loaded.get(source)
    }

    /// Whether a provider wants to be asked about destroying, too.
    pub(crate) fn plans_destruction(&self, source: &groma_addr::Provider) -> bool {
        self.get(source).is_some_and(|loaded| loaded.metadata.capabilities.plan_destroy)
    }

    /// All providers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&groma_addr::Provider, &Loaded)> {
        self.loaded.iter()
    }

    /// The schema of a resource's type.
    pub(crate) fn ty(
        &self,
        source: &groma_addr::Provider,
        mode: Mode,
        name: &Ident,
    ) -> Option<&Arc<TypeSchema>> {
        self.loaded.get(source)?.ty(mode, name)
    }

    /// An object of which nothing but its type is known.
    pub(crate) fn unknown(&self, block: &groma_config::ResourceBlock) -> Value {
        let schema = self.ty(&block.source, block.addr.mode, &block.addr.ty);
        schema.map_or_else(Value::dynamic, |schema| Value::unknown(schema.ty.clone()))
    }

    /// The instance that serves a configuration; none before it is configured.
    pub(crate) fn configured(&self, config: &ProviderConfig) -> Option<&Arc<dyn Provider>> {
        self.configured.get(config)
    }

    /// The same, with the configuration to be shared by all that is made under it.
    pub(crate) fn configured_as(
        &self,
        config: &ProviderConfig,
    ) -> Option<(&Arc<ProviderConfig>, &Arc<dyn Provider>)> {
        self.configured.get_key_value(config)
    }

    /// Keeps the instance that serves a configuration.
    pub(crate) fn set_configured(&mut self, config: ProviderConfig, provider: Arc<dyn Provider>) {
        self.configured.insert(Arc::new(config), provider);
    }

    /// How many calls to a configuration's instance may be under way at once.
    pub(crate) fn room(&self, config: Option<&ProviderConfig>) -> usize {
        let instance = config.and_then(|config| self.configured(config));
        instance.map_or(UNCONFIGURED, |provider| provider.at_once())
    }

    /// Tells all instances to end what is in flight as soon as that is safe, and waits for none.
    pub(crate) fn stop(&self) {
        for provider in self.configured.values() {
            let provider = Arc::clone(provider);
            tokio::spawn(async move { provider.stop().await });
        }
    }

    /// Tells all instances to end what is in flight now, and waits for none.
    pub(crate) fn stop_now(&self) {
        for provider in self.configured.values() {
            let provider = Arc::clone(provider);
            tokio::spawn(async move { provider.stop_now().await });
        }
    }
}

fn ended(lost: &tokio::task::JoinError) -> AttributeDiagnostic {
    AttributeDiagnostic::error("Internal error", format!("{lost}. This is a bug"))
}

fn unloadable(source: &groma_addr::Provider, error: &AttributeDiagnostic) -> Diagnostic {
    Diagnostic::error(
        "Failed to load plugin schemas",
        format!(
            "Error while loading schemas for plugin components: Failed to obtain provider schema: \
             Could not load the schema for provider {source}: {}: {}.",
            error.summary, error.detail
        ),
    )
}

fn missing(source: &groma_addr::Provider) -> Diagnostic {
    Diagnostic::error(
        "Inconsistent dependency lock file",
        format!(
            "The following dependency selections recorded in the lock file are inconsistent with \
             the current configuration:\n  - provider {source}: required by this configuration but \
             no version is selected\n\nTo make the initial dependency selections that will \
             initialize the dependency lock file, run:\n  terraform init"
        ),
    )
}
