//! `a.b` and `a[b]` with the language's rules and error messages.
//!
//! The language is laxer here than the value crate's own operations: keys are converted, unknown
//! collections give unknown elements, and maps answer to attribute syntax.

use groma_value::{Marks, ObjectType, Type, Value, View, convert};

/// Why an access has no result: a diagnostic's summary and detail, with no place yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessError {
    /// As Terraform words it: `Invalid index`.
    pub summary: &'static str,
    /// Whole sentences.
    pub detail: String,
}

impl AccessError {
    fn new(summary: &'static str, detail: impl Into<String>) -> Self {
        Self { summary, detail: detail.into() }
    }

    fn attribute(detail: impl Into<String>) -> Self {
        Self::new("Unsupported attribute", detail)
    }

    fn index(detail: impl Into<String>) -> Self {
        Self::new("Invalid index", detail)
    }

    /// The key is not there, and `why` says more (or is empty).
    fn no_element(why: &str) -> Self {
        let lead = "The given key does not identify an element in this collection value";
        Self::index(if why.is_empty() { format!("{lead}.") } else { format!("{lead}: {why}.") })
    }
}

/// The attribute `name` of an object, or the element of a map with that key.
pub fn get_attr(value: &Value, name: &str) -> Result<Value, AccessError> {
    match value.view() {
        View::Object(attributes) => match attributes.get(name) {
            Some(attribute) => Ok(attribute.clone().with_marks(value.marks())),
            None => Err(no_attribute(name)),
        },
        View::Map(entries) => match entries.get(name) {
            Some(element) => Ok(element.clone().with_marks(value.marks())),
            None => Err(AccessError::new(
                "Missing map element",
                format!("This map does not have an element with the key {name:?}."),
            )),
        },
        View::Null => Err(AccessError::new(
            "Attempt to get attribute from null value",
            "This value is null, so it does not have any attributes.",
        )),
        _ => unknown_attr_type(&value.ty(), name)
            .map(|ty| Value::unknown(ty).with_marks(value.marks())),
    }
}

/// The type of the attribute of an unknown value of type `ty`, or why there is none.
fn unknown_attr_type(ty: &Type, name: &str) -> Result<Type, AccessError> {
    let has = |object: &ObjectType| object.attributes.contains_key(name);
    match ty {
        Type::Dynamic => Ok(Type::Dynamic),
        Type::Map(element) => Ok((**element).clone()),
        Type::Object(object) => match object.attributes.get(name) {
            Some(attribute) => Ok(attribute.ty.clone()),
            None => Err(no_attribute(name)),
        },
        Type::List(element) => Err(match &**element {
            Type::Object(object) if has(object) => AccessError::attribute(format!(
                "Can't access attributes on a list of objects. Did you mean to access attribute \
                 {name:?} for a specific element of the list, or across all elements of the list?"
            )),
            Type::Object(_) => AccessError::attribute(
                "Can't access attributes on a list of objects. Did you mean to access an \
                 attribute for a specific element of the list, or across all elements of the list?",
            ),
            _ => no_attributes(),
        }),
        Type::Set(element) if matches!(**element, Type::Object(_)) => Err(AccessError::attribute(
            "Can't access attributes on a set of objects. Did you mean to access an attribute \
             across all elements of the set?",
        )),
        Type::Bool | Type::Number | Type::String => Err(AccessError::attribute(format!(
            "Can't access attributes on a primitive-typed value ({}).",
            ty.friendly_name()
        ))),
        Type::Set(_) | Type::Tuple(_) => Err(no_attributes()),
    }
}

fn no_attribute(name: &str) -> AccessError {
    AccessError::attribute(format!("This object does not have an attribute named {name:?}."))
}

fn no_attributes() -> AccessError {
    AccessError::attribute("This value does not have any attributes.")
}

/// The element of a list, tuple or map, or the attribute of an object, that `key` names.
pub fn index(collection: &Value, key: &Value) -> Result<Value, AccessError> {
    if collection.is_null() {
        return Err(AccessError::new(
            "Attempt to index null value",
            "This value is null, so it does not have any indices.",
        ));
    }
    if key.is_null() {
        return Err(AccessError::index("Can't use a null value as an indexing key."));
    }
    let marks = collection.marks();
    if is_dynamic(key) {
        return Ok(Value::dynamic().with_marks(marks));
    }
    match collection.view() {
        View::List(items) => {
            let key = convert_key(key, &Type::Number)?;
            if !key.is_known() {
                return Ok(Value::unknown(element_type(collection)).with_marks(marks));
            }
            element(items, &key, marks)
        }
        View::Tuple(items) => {
            let key = convert_key(key, &Type::Number)?;
            if !key.is_known() {
                return Ok(Value::dynamic().with_marks(marks));
            }
            element(items, &key, marks)
        }
        View::Map(entries) => {
            let key = convert_key(key, &Type::String)?;
            match key.as_str() {
                None => Ok(Value::unknown(element_type(collection)).with_marks(marks)),
                Some(name) => match entries.get(name) {
                    Some(element) => Ok(element.clone().with_marks(marks | key.marks())),
                    None => Err(AccessError::no_element("")),
                },
            }
        }
        View::Object(attributes) => {
            let name = convert_key(key, &Type::String)?;
            match name.as_str() {
                None => Ok(Value::dynamic().with_marks(marks)),
                Some(name) => match attributes.get(name) {
                    Some(attribute) => Ok(attribute.clone().with_marks(marks)),
                    None => Err(no_such_attribute(key)),
                },
            }
        }
        _ => index_unknown(&collection.ty(), key, marks),
    }
}

/// Indexes a value that is not known, or that has no elements to index at all.
fn index_unknown(ty: &Type, key: &Value, marks: Marks) -> Result<Value, AccessError> {
    let unknown = |ty: &Type| Ok(Value::unknown(ty.clone()).with_marks(marks));
    match ty {
        Type::Dynamic => Ok(Value::dynamic().with_marks(marks)),
        Type::List(element) => convert_key(key, &Type::Number).and_then(|_| unknown(element)),
        Type::Map(element) => convert_key(key, &Type::String).and_then(|_| unknown(element)),
        Type::Tuple(elements) => {
            let key = convert_key(key, &Type::Number)?;
            let Some(number) = key.as_number() else { return unknown(&Type::Dynamic) };
            let at = number.to_i64().and_then(|at| usize::try_from(at).ok());
            match at.and_then(|at| elements.get(at)) {
                Some(element) => {
                    Ok(Value::unknown(element.clone()).with_marks(marks | key.marks()))
                }
                None => Err(out_of_bounds(&key, elements.len(), marks)),
            }
        }
        Type::Object(object) => {
            let name = convert_key(key, &Type::String)?;
            let Some(name) = name.as_str() else { return unknown(&Type::Dynamic) };
            match object.attributes.get(name) {
                Some(attribute) => unknown(&attribute.ty),
                None => Err(no_such_attribute(key)),
            }
        }
        Type::Set(_) => Err(AccessError::index(
            "Elements of a set are identified only by their value and don't have any separate \
             index or key to select with, so it's only possible to perform operations across all \
             elements of the set.",
        )),
        Type::Bool | Type::Number | Type::String => {
            Err(AccessError::index("This value does not have any indices."))
        }
    }
}

fn convert_key(key: &Value, ty: &Type) -> Result<Value, AccessError> {
    let fits = match ty {
        Type::Number => key.as_number().is_some(),
        _ => key.as_str().is_some(),
    };
    if fits {
        return Ok(key.clone());
    }
    convert(key, ty).map_err(|error| AccessError::no_element(&error.to_string()))
}

fn element(items: &[Value], key: &Value, marks: Marks) -> Result<Value, AccessError> {
    let at = key.as_number().and_then(groma_value::Number::to_i64);
    match at.and_then(|at| usize::try_from(at).ok()).and_then(|at| items.get(at)) {
        Some(item) => Ok(item.clone().with_marks(marks | key.marks())),
        None => Err(out_of_bounds(key, items.len(), marks)),
    }
}

/// Never names the index itself: it may be sensitive.
fn out_of_bounds(key: &Value, length: usize, marks: Marks) -> AccessError {
    let Some(number) = key.as_number() else { return AccessError::no_element("") };
    if !number.is_integer() {
        return AccessError::no_element(
            "indexing a sequence requires a whole number, but the given index has a fractional \
             part",
        );
    }
    if *number < groma_value::Number::from(0) {
        return AccessError::no_element("a negative number is not a valid index for a sequence");
    }
    // Terraform explains an index that is just past the end, and no other.
    let just_past = i64::try_from(length).is_ok_and(|length| number.to_i64() == Some(length));
    if !just_past || !marks.is_empty() {
        return AccessError::no_element("");
    }
    AccessError::no_element(if length == 0 {
        "the collection has no elements"
    } else {
        "the given index is greater than or equal to the length of the collection"
    })
}

fn no_such_attribute(key: &Value) -> AccessError {
    let mut error = AccessError::no_element("");
    if key.as_number().is_some() {
        error.detail.push_str(
            " An object only supports looking up attributes by name, not by numeric index.",
        );
    }
    error
}

fn element_type(collection: &Value) -> Type {
    collection.ty().element().cloned().unwrap_or(Type::Dynamic)
}

/// Whether the value is unknown and of unknown type.
pub(super) fn is_dynamic(value: &Value) -> bool {
    matches!(value.view(), View::Unknown(_)) && value.ty() == Type::Dynamic
}
