//! Objects taken apart, to be read and changed attribute by attribute.

use groma_value::{Fields, Str, Type, Value};

use super::Randomness;
use crate::AttributeDiagnostic;

/// The attributes of an object that a provider reads and changes.
///
/// Reading an attribute that is not there gives null: what a provider is handed conforms to its
/// schema, so that only a mistake in the provider itself could ask for one.
#[derive(Clone, Debug, Default)]
pub struct Object(Vec<(Str, Value)>);

impl Object {
    /// From an object; empty from null or anything else.
    pub fn new(value: &Value) -> Self {
        let fields = value.as_fields();
        Self(
            fields
                .into_iter()
                .flat_map(Fields::iter)
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
        )
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(key, _)| key.as_str().cmp(name))
    }

    /// The attribute, or null.
    pub fn get(&self, name: &str) -> Value {
        self.get_ref(name).cloned().unwrap_or(Value::null(Type::Dynamic))
    }

    fn get_ref(&self, name: &str) -> Option<&Value> {
        self.find(name).ok().and_then(|at| self.0.get(at)).map(|(_, value)| value)
    }

    /// Gives the attribute another value.
    pub fn set(&mut self, name: &str, value: Value) {
        match self.find(name) {
            Ok(at) => {
                if let Some(entry) = self.0.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (Str::new(name), value)),
        }
    }

    /// Whether the attribute is null.
    pub fn is_null(&self, name: &str) -> bool {
        self.get_ref(name).is_none_or(Value::is_null)
    }

    /// Whether the attribute is known (null is).
    pub fn is_known(&self, name: &str) -> bool {
        self.get_ref(name).is_none_or(Value::is_known)
    }

    /// The attribute, if it is a known string.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get_ref(name)?.as_str().map(Str::as_str)
    }

    /// The attribute, if it is a known whole number that fits.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get_ref(name)?.as_number()?.to_i64()
    }

    /// The attribute, if it is a known truth value.
    pub fn bool(&self, name: &str) -> Option<bool> {
        self.get_ref(name)?.as_bool()
    }

    /// The object again.
    pub fn into_value(self) -> Value {
        Value::object(Fields::new(self.0))
    }
}

/// The system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("The operating system gave no random bytes: {0}.")]
pub struct RandomnessError(#[from] std::io::Error);

impl From<RandomnessError> for Vec<AttributeDiagnostic> {
    fn from(error: RandomnessError) -> Self {
        vec![AttributeDiagnostic::error("No randomness", error.to_string())]
    }
}

/// `count` random bytes.
pub fn random_bytes(source: &dyn Randomness, count: usize) -> Result<Vec<u8>, RandomnessError> {
    let mut bytes = vec![0; count];
    source.fill(&mut bytes)?;
    Ok(bytes)
}

/// Sixteen random bytes, written as a UUID is. As HashiCorp's library does, the bits that tell the
/// variant and version are random too.
pub fn uuid(source: &dyn Randomness) -> Result<String, RandomnessError> {
    let mut bytes = [0; 16];
    source.fill(&mut bytes)?;
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    let part = |range| digits.get(range).unwrap_or_default();
    Ok(format!("{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)))
}
