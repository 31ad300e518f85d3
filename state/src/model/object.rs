//! Objects of resource instances, as a provider last reported them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use groma_addr::ProviderConfig;
use groma_value::{Path, PathStep};
use serde::{Deserialize, Serialize};

use super::Dependencies;

/// What is known of one resource instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstanceState {
    /// The provider configuration that manages it.
    pub provider: Arc<ProviderConfig>,
    /// The object that the address means now.
    pub current: Option<Object>,
    /// Objects that were replaced and are still to be destroyed.
    pub deposed: BTreeMap<DeposedKey, Object>,
}

impl InstanceState {
    /// The current object (no key) or a deposed one.
    pub fn object(&self, deposed: Option<DeposedKey>) -> Option<&Object> {
        match deposed {
            None => self.current.as_ref(),
            Some(key) => self.deposed.get(&key),
        }
    }

    /// Whether there is no object at all. Such an instance is not kept in a state.
    pub fn is_empty(&self) -> bool {
        self.current.is_none() && self.deposed.is_empty()
    }
}

/// One object: its attributes, not yet decoded, and what goes with them. Cheap to clone.
///
/// Decoding takes the resource type's schema, and perhaps the provider's upgrade from
/// `schema_version`, so it is the engine's work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Object {
    /// Whether it must be replaced.
    pub status: ObjectStatus,
    /// The version of the schema that `attributes` conform to.
    pub schema_version: u64,
    /// The values.
    pub attributes: Attributes,
    /// Where in the values nothing must be shown, beyond what the schema says.
    pub sensitive_paths: Arc<[Path]>,
    /// What names the object for its provider (since Terraform 1.12).
    pub identity: Option<Identity>,
    /// The provider's own. Empty for none.
    #[serde(with = "super::bytes")]
    pub private: Arc<[u8]>,
    /// What it depended on when it was last created or updated. Not in the serialised form: who
    /// stores objects so stores a [`DependencyTable`](super::DependencyTable) with them.
    #[serde(skip)]
    pub dependencies: Dependencies,
    /// Whether its replacement is made before it is destroyed; kept for when it is gone from
    /// the configuration.
    pub create_before_destroy: bool,
    /// What a state file said of the object beyond that, as a compact JSON object: members that
    /// later versions of Terraform, or OpenTofu, write. Kept, so that nothing is lost.
    pub extra: Option<Arc<[u8]>>,
}

/// The attributes of an object, as written in a state file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attributes {
    /// A JSON object, compact. Numbers keep all their digits.
    Json(#[serde(with = "super::bytes")] Arc<[u8]>),
    /// Terraform 0.11's flat map, which only the provider can upgrade.
    Flat(Arc<BTreeMap<String, String>>),
}

/// What names an object for its provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Of the identity's schema.
    pub schema_version: u64,
    /// A JSON object, compact.
    #[serde(with = "super::bytes")]
    pub json: Arc<[u8]>,
}

/// Whether an object must be replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ObjectStatus {
    /// In use.
    #[default]
    Ready,
    /// To be replaced by the next plan.
    Tainted,
}

/// Tells deposed objects of one instance apart: eight hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeposedKey(u32);

impl Object {
    /// A ready object with these attributes, a compact JSON object, and nothing else.
    pub fn new(schema_version: u64, attributes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            status: ObjectStatus::Ready,
            schema_version,
            attributes: Attributes::Json(attributes.into()),
            sensitive_paths: [].into(),
            identity: None,
            private: [].into(),
            dependencies: Dependencies::none(),
            create_before_destroy: false,
            extra: None,
        }
    }

    /// The attributes as JSON; `None` if they are a flat map.
    pub fn json(&self) -> Option<&Arc<[u8]>> {
        match &self.attributes {
            Attributes::Json(json) => Some(json),
            Attributes::Flat(_) => None,
        }
    }

    /// Whether it must be replaced.
    pub fn is_tainted(&self) -> bool {
        self.status == ObjectStatus::Tainted
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.status == other.status
            && self.schema_version == other.schema_version
            && self.attributes == other.attributes
            && self.identity == other.identity
            && self.private == other.private
            && self.dependencies == other.dependencies
            && self.create_before_destroy == other.create_before_destroy
            && self.extra == other.extra
            && self.sensitive_paths.len() == other.sensitive_paths.len()
            && self.sensitive_paths.iter().zip(&*other.sensitive_paths).all(|(a, b)| same(a, b))
    }
}

/// Whether two paths are equal. Elements of sets cannot be marked, so no stored path has one.
fn same(a: &Path, b: &Path) -> bool {
    a.0.len() == b.0.len()
        && a.0.iter().zip(&b.0).all(|steps| match steps {
            (PathStep::Attr(a), PathStep::Attr(b)) | (PathStep::Key(a), PathStep::Key(b)) => a == b,
            (PathStep::Index(a), PathStep::Index(b)) => a == b,
            _ => false,
        })
}

/// How much there is: attributes may be sensitive.
impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(json) => write!(f, "Json({} bytes)", json.len()),
            Self::Flat(map) => write!(f, "Flat({} entries)", map.len()),
        }
    }
}

impl DeposedKey {
    /// A random key.
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().as_fields().0)
    }

    /// The key with these bits.
    pub const fn new(bits: u32) -> Self {
        Self(bits)
    }
}

/// Eight hexadecimal digits.
impl fmt::Display for DeposedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for DeposedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text that is not eight lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a deposed key is eight lower-case hexadecimal digits")]
pub struct DeposedKeyError;

impl FromStr for DeposedKey {
    type Err = DeposedKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.len() == 8 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !plain {
            return Err(DeposedKeyError);
        }
        u32::from_str_radix(text, 16).map(Self).map_err(|_| DeposedKeyError)
    }
}
