//! Getting at the parts of a value.

use super::OpError;
use crate::value::Repr;
use crate::{Number, Type, Value};

/// What an index finds.
enum Found<'a> {
    Item(&'a Value),
    /// There is or may be one, of this type.
    Unknown(Type),
    Missing,
}

impl Value {
    /// `self[key]` of a list, map, tuple or object; cty's rules for unknown key and collection.
    ///
    /// A key of another primitive type is converted, as HCL does (`list["0"]`).
    pub fn index(&self, key: &Self) -> Result<Self, OpError> {
        let marks = self.marks | key.marks;
        if self.is_null() {
            return Err(OpError::new("This value is null, so it does not have any indices."));
        }
        if key.is_null() {
            return Err(OpError::new("Can't use a null value as an indexing key."));
        }
        match find(self, key)? {
            Found::Item(item) => Ok(item.clone().with_marks(marks)),
            Found::Unknown(ty) => Ok(Self::unknown(ty).with_marks(marks)),
            Found::Missing => Err(OpError::new(
                "The given key does not identify an element in this collection value.",
            )),
        }
    }

    /// Whether `self[key]` would succeed: a bool, maybe unknown.
    #[must_use]
    pub fn has_index(&self, key: &Self) -> Self {
        let marks = self.marks | key.marks;
        if self.is_null() || key.is_null() {
            return Self::bool(false).with_marks(marks);
        }
        let known_length = self.is_known() || matches!(self.ty(), Type::Tuple(_) | Type::Object(_));
        if !known_length || !key.is_known() {
            let indexable = find(self, key).is_ok();
            return if indexable {
                Self::unknown_bool(marks)
            } else {
                Self::bool(false).with_marks(marks)
            };
        }
        let found = !matches!(find(self, key), Err(_) | Ok(Found::Missing));
        Self::bool(found).with_marks(marks)
    }

    /// `self.name` of an object; unknown objects of known type give unknown attributes. Of a map,
    /// the element of that key.
    pub fn get_attr(&self, name: &str) -> Result<Self, OpError> {
        if self.is_null() {
            return Err(OpError::new("This value is null, so it does not have any attributes."));
        }
        let missing = || {
            OpError(match self.repr {
                Repr::Map(_) => format!("This map does not have an element with the key {name:?}."),
                _ => format!("This object does not have an attribute named {name:?}."),
            })
        };
        let result = match &self.repr {
            Repr::Object(object) => object.content.get(name).ok_or_else(missing)?.clone(),
            Repr::Map(map) => map.entries.get(name).ok_or_else(missing)?.clone(),
            Repr::Unknown(unknown) => match &unknown.ty {
                Type::Dynamic => Self::dynamic(),
                Type::Map(elem) => Self::unknown(Type::clone(elem)),
                Type::Object(object) => {
                    let attribute = object.attributes.get(name).ok_or_else(missing)?;
                    Self::unknown(attribute.ty.clone())
                }
                _ => return Err(OpError::new("This value does not have any attributes.")),
            },
            _ => return Err(OpError::new("This value does not have any attributes.")),
        };
        Ok(result.with_marks(self.marks))
    }

    /// The number of elements (or attributes) as a value; unknown with bounds where not known.
    /// Null of what has no elements, and of null.
    #[must_use]
    pub fn length(&self) -> Self {
        let count = |count: usize| Self::number(Number::from(count));
        let result = match &self.repr {
            Repr::List(list) => count(list.items.len()),
            Repr::Map(map) => count(map.entries.len()),
            Repr::Tuple(tuple) => count(tuple.content.len()),
            Repr::Object(object) => count(object.content.len()),
            Repr::Set(set) if set.items.len() <= 1 || self.is_wholly_known() => {
                count(set.items.len())
            }
            // Unknown elements may turn out equal to others.
            Repr::Set(set) => length_between(1, set.items.len() as u64),
            Repr::Unknown(unknown) => match &unknown.ty {
                Type::Tuple(elems) => count(elems.len()),
                Type::Object(object) => count(object.attributes.len()),
                ty if ty.is_collection() => {
                    let known = &unknown.refinements;
                    length_between(
                        known.length_min.unwrap_or(0),
                        known.length_max.unwrap_or(i64::MAX.unsigned_abs()),
                    )
                }
                Type::Dynamic => Self::unknown(Type::Number).refine_not_null(),
                _ => Self::null(Type::Number),
            },
            _ => Self::null(Type::Number),
        };
        result.with_marks(self.marks)
    }
}

fn length_between(min: u64, max: u64) -> Value {
    Value::unknown(Type::Number)
        .refine()
        .not_null()
        .number_min(Number::from(min), true)
        .number_max(Number::from(max), true)
        .done()
}

/// The element of a value (not null) at a key (not null).
fn find<'a>(value: &'a Value, key: &Value) -> Result<Found<'a>, OpError> {
    let not_indexable = || OpError::new("This value does not have any indices.");
    match &value.repr {
        Repr::List(list) => match index_key(key)? {
            Some(at) => Ok(list.items.get(at).map_or(Found::Missing, Found::Item)),
            None => Ok(Found::Unknown(list.ty.element().cloned().unwrap_or(Type::Dynamic))),
        },
        Repr::Tuple(tuple) => match index_key(key)? {
            Some(at) => Ok(tuple.content.get(at).map_or(Found::Missing, Found::Item)),
            None => Ok(Found::Unknown(Type::Dynamic)),
        },
        Repr::Map(map) => match name_key(key)? {
            Some(name) => Ok(map.entries.get(&name).map_or(Found::Missing, Found::Item)),
            None => Ok(Found::Unknown(map.ty.element().cloned().unwrap_or(Type::Dynamic))),
        },
        Repr::Object(object) => match name_key(key)? {
            Some(name) => Ok(object.content.get(&name).map_or(Found::Missing, Found::Item)),
            None => Ok(Found::Unknown(Type::Dynamic)),
        },
        Repr::Unknown(unknown) => match &unknown.ty {
            Type::Dynamic => Ok(Found::Unknown(Type::Dynamic)),
            Type::List(elem) => index_key(key).map(|_| Found::Unknown(Type::clone(elem))),
            Type::Map(elem) => name_key(key).map(|_| Found::Unknown(Type::clone(elem))),
            Type::Tuple(elems) => Ok(match index_key(key)? {
                Some(at) => elems.get(at).map_or(Found::Missing, |ty| Found::Unknown(ty.clone())),
                None => Found::Unknown(Type::Dynamic),
            }),
            Type::Object(object) => Ok(match name_key(key)? {
                Some(name) => object
                    .attributes
                    .get(name.as_str())
                    .map_or(Found::Missing, |a| Found::Unknown(a.ty.clone())),
                None => Found::Unknown(Type::Dynamic),
            }),
            _ => Err(not_indexable()),
        },
        _ => Err(not_indexable()),
    }
}

/// The position that a key means, if known: `usize::MAX`, where nothing is, for what is none.
fn index_key(key: &Value) -> Result<Option<usize>, OpError> {
    let key = crate::convert(key, &Type::Number).map_err(|error| bad_key(&error.message))?;
    let position = |number: &Number| number.to_u64().and_then(|at| usize::try_from(at).ok());
    Ok(key.as_number().map(|number| position(number).unwrap_or(usize::MAX)))
}

/// The name that a key means: `None` if not known yet.
fn name_key(key: &Value) -> Result<Option<crate::Str>, OpError> {
    let key = crate::convert(key, &Type::String).map_err(|error| bad_key(&error.message))?;
    Ok(key.as_str().cloned())
}

fn bad_key(why: &str) -> OpError {
    OpError(format!("The given key does not identify an element in this collection value: {why}."))
}
