//! Instances of something that may repeat.

use std::collections::BTreeMap;

use groma_addr::{Ident, InstanceKey};
use groma_value::{Str, Type, Value};

/// The instances that `count` or `for_each`, or neither, gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instances<T> {
    /// Neither: one instance without a key.
    Single(T),
    /// `count`: by index. `None` for an instance that is left out.
    Count(Vec<Option<T>>),
    /// `for_each`: by key.
    ForEach(BTreeMap<Ident, T>),
}

impl<T> Instances<T> {
    /// The instance with that key.
    pub fn get(&self, key: &InstanceKey) -> Option<&T> {
        match (self, key) {
            (Self::Single(instance), InstanceKey::None) => Some(instance),
            (Self::Count(instances), InstanceKey::Int(index)) => {
                instances.get(usize::try_from(*index).ok()?)?.as_ref()
            }
            (Self::ForEach(instances), InstanceKey::Str(key)) => instances.get(key),
            _ => None,
        }
    }

    /// The instance with that key, to be changed.
    pub fn get_mut(&mut self, key: &InstanceKey) -> Option<&mut T> {
        match (self, key) {
            (Self::Single(instance), InstanceKey::None) => Some(instance),
            (Self::Count(instances), InstanceKey::Int(index)) => {
                instances.get_mut(usize::try_from(*index).ok()?)?.as_mut()
            }
            (Self::ForEach(instances), InstanceKey::Str(key)) => instances.get_mut(key),
            _ => None,
        }
    }

    /// Each instance with its key, in key order.
    pub fn entries(&self) -> Box<dyn Iterator<Item = (InstanceKey, &T)> + '_> {
        match self {
            Self::Single(instance) => Box::new(std::iter::once((InstanceKey::None, instance))),
            Self::Count(instances) => {
                let numbered = instances.iter().enumerate();
                Box::new(numbered.filter_map(|(index, instance)| {
                    Some((InstanceKey::Int(index as u64), instance.as_ref()?))
                }))
            }
            Self::ForEach(instances) => Box::new(
                instances.iter().map(|(key, instance)| (InstanceKey::Str(key.clone()), instance)),
            ),
        }
    }

    /// Leaves an instance out. One without a key cannot be.
    pub fn remove(&mut self, key: &InstanceKey) {
        match (self, key) {
            (Self::Count(instances), InstanceKey::Int(index)) => {
                let at = usize::try_from(*index).ok();
                if let Some(slot) = at.and_then(|at| instances.get_mut(at)) {
                    *slot = None;
                }
            }
            (Self::ForEach(instances), InstanceKey::Str(key)) => drop(instances.remove(key)),
            _ => {}
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Single(_) => 1,
            Self::Count(instances) => instances.iter().flatten().count(),
            Self::ForEach(instances) => instances.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same shape of other things.
    pub fn map<U>(&self, mut f: impl FnMut(&InstanceKey, &T) -> U) -> Instances<U> {
        match self {
            Self::Single(instance) => Instances::Single(f(&InstanceKey::None, instance)),
            Self::Count(instances) => Instances::Count(
                instances
                    .iter()
                    .enumerate()
                    .map(|(index, instance)| {
                        instance
                            .as_ref()
                            .map(|instance| f(&InstanceKey::Int(index as u64), instance))
                    })
                    .collect(),
            ),
            Self::ForEach(instances) => Instances::ForEach(
                instances
                    .iter()
                    .map(|(key, instance)| {
                        (key.clone(), f(&InstanceKey::Str(key.clone()), instance))
                    })
                    .collect(),
            ),
        }
    }
}

impl<T> Instances<Option<T>> {
    /// Those that are there. What comes after the last one does not count; a gap before it, and
    /// one without a key that is not there, are `missing`: neither can be left out.
    #[must_use]
    pub fn present(self, missing: impl Fn() -> T) -> Instances<T> {
        match self {
            Self::Single(instance) => Instances::Single(instance.unwrap_or_else(missing)),
            Self::Count(mut all) => {
                let last = all.iter().rposition(|one| matches!(one, Some(Some(_))));
                all.truncate(last.map_or(0, |last| last + 1));
                let filled = all.into_iter().map(|one| Some(one?.unwrap_or_else(&missing)));
                Instances::Count(filled.collect())
            }
            Self::ForEach(instances) => Instances::ForEach(
                instances.into_iter().filter_map(|(key, one)| Some((key, one?))).collect(),
            ),
        }
    }
}

impl Instances<Value> {
    /// The value of the whole: the instance, a tuple of instances, or an object of them.
    pub fn value(&self) -> Value {
        match self {
            Self::Single(value) => value.clone(),
            Self::Count(values) => {
                Value::tuple(values.iter().map(|v| v.clone().unwrap_or(Value::dynamic())).collect())
            }
            Self::ForEach(values) => {
                Value::object_of(values.iter().map(|(key, value)| (Str::new(key), value.clone())))
            }
        }
    }
}

/// What `each` and `count` mean in an instance.
#[derive(Clone, Debug, Default)]
pub struct KeyData {
    /// `count.index`
    pub count_index: Option<Value>,
    /// `each.key`
    pub each_key: Option<Value>,
    /// `each.value`
    pub each_value: Option<Value>,
}

impl KeyData {
    /// Neither `count` nor `for_each`.
    pub const NONE: Self = Self { count_index: None, each_key: None, each_value: None };

    /// Of any instance: nothing about it is known.
    pub fn unknown() -> Self {
        Self {
            count_index: Some(Value::unknown(Type::Number)),
            each_key: Some(Value::unknown(Type::String)),
            each_value: Some(Value::dynamic()),
        }
    }

    /// Of an instance with an index.
    pub fn count(index: u64) -> Self {
        Self { count_index: Some(Value::number(index)), ..Self::NONE }
    }

    /// Of an instance with a key.
    pub fn each(key: Value, value: Value) -> Self {
        Self { each_key: Some(key), each_value: Some(value), ..Self::NONE }
    }
}
