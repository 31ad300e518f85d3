//! Objects taken apart, to be read and changed attribute by attribute.

use groma_value::{Fields, Str, Type, Value};

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
