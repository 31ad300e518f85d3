//! Default values of optional attributes (HCL's `typeexpr.Defaults`).

use std::collections::BTreeMap;

use crate::{Fields, Str, Type, Value, View, convert, unify};

/// The defaults that a type constraint gives to the optional attributes of its objects, at any
/// depth: `object({ a = optional(number, 3) })`.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// The constraint at this depth.
    pub ty: Type,
    /// Of an object: the default of each attribute that has one, converted to its type.
    pub values: BTreeMap<Str, Value>,
    /// Of what is inside: by attribute of an object, by index (`0`, `1`, …) of a tuple, and under
    /// the empty name for all elements of a list, set or map.
    pub children: BTreeMap<Str, Defaults>,
}

impl Defaults {
    /// Fills in what `value` leaves out or has as null. To be called before the conversion to
    /// the type; where the value does not fit that it is left as it is, for the conversion to
    /// refuse.
    #[must_use]
    pub fn apply(&self, value: &Value) -> Value {
        if self.values.is_empty() && self.children.is_empty() {
            return value.clone();
        }
        let applied = match value.view() {
            View::List(items) => {
                let items = self.apply_to_items(items);
                rebuild_items(items, &value.ty(), Value::list)
            }
            View::Set(items) => {
                let items = self.apply_to_items(items);
                rebuild_items(items, &value.ty(), Value::set)
            }
            View::Tuple(items) => Value::tuple(self.apply_to_items(items)),
            View::Map(entries) => rebuild_map(self.apply_to_fields(entries), &value.ty()),
            View::Object(attributes) => Value::object(self.apply_to_fields(attributes)),
            // Null as a whole stays null: only what is inside has defaults.
            _ => return value.clone(),
        };
        applied.with_marks(value.marks())
    }

    fn apply_to_items(&self, items: &[Value]) -> Vec<Value> {
        let each = items.iter().enumerate();
        each.map(|(at, item)| match &self.ty {
            Type::List(_) | Type::Set(_) => self.apply_child("", item),
            Type::Tuple(_) => self.apply_child(&at.to_string(), item),
            _ => item.clone(),
        })
        .collect()
    }

    fn apply_to_fields(&self, fields: &Fields) -> Vec<(Str, Value)> {
        let each = fields.iter().map(|(name, value)| {
            let value = match &self.ty {
                Type::Map(_) => self.apply_child("", value),
                Type::Object(_) => self.apply_child(name, value),
                _ => value.clone(),
            };
            (name.clone(), value)
        });
        let mut filled: Vec<(Str, Value)> = each.collect();
        for (name, default) in &self.values {
            let default = || self.apply_child(name, default);
            match filled.binary_search_by(|(have, _)| have.cmp(name)) {
                Ok(at) if filled[at].1.is_null() => filled[at].1 = default(),
                Ok(_) => {}
                Err(at) => filled.insert(at, (name.clone(), default())),
            }
        }
        filled
    }

    fn apply_child(&self, key: &str, value: &Value) -> Value {
        self.children.get(key).map_or_else(|| value.clone(), |child| child.apply(value))
    }
}

/// A list or set again, if the elements still have a type in common; else a tuple, for the
/// conversion to judge.
fn rebuild_items(
    items: Vec<Value>,
    ty: &Type,
    build: impl FnOnce(Type, Vec<Value>) -> Value,
) -> Value {
    let before = ty.element().cloned().unwrap_or(Type::Dynamic);
    if items.is_empty() {
        return build(before, items);
    }
    match unified(items.iter()) {
        Some((elem, converted)) => build(elem, converted),
        None => Value::tuple(items),
    }
}

fn rebuild_map(entries: Vec<(Str, Value)>, ty: &Type) -> Value {
    if entries.is_empty() {
        return Value::map(ty.element().cloned().unwrap_or(Type::Dynamic), entries);
    }
    match unified(entries.iter().map(|(_, value)| value)) {
        Some((elem, converted)) => {
            let keys = entries.into_iter().map(|(key, _)| key);
            Value::map(elem, keys.zip(converted).collect::<Fields>())
        }
        None => Value::object(entries),
    }
}

fn unified<'a>(items: impl Iterator<Item = &'a Value> + Clone) -> Option<(Type, Vec<Value>)> {
    let types: Vec<Type> = items.clone().map(Value::ty).collect();
    let elem = unify(&types)?;
    let converted = items.map(|item| convert(item, &elem)).collect::<Result<_, _>>().ok()?;
    Some((elem, converted))
}

#[cfg(test)]
mod tests {
    use super::Defaults;
    use crate::{Attribute, Type, Value, convert};

    fn object_type(attributes: &[(&str, Type)]) -> Type {
        let optional = |(name, ty): &(&str, Type)| {
            ((*name).into(), Attribute { ty: ty.clone(), optional: true })
        };
        Type::object_with(attributes.iter().map(optional).collect())
    }

    fn defaults(ty: Type, values: &[(&str, Value)]) -> Defaults {
        let values = values.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        Defaults { ty, values, children: [].into() }
    }

    #[test]
    fn fills_in_what_is_absent_or_null() {
        let ty = object_type(&[("a", Type::Number), ("b", Type::String)]);
        let defaults = defaults(ty, &[("a", 1.into()), ("b", "x".into())]);
        let value = Value::object_of([("b", Value::null(Type::String))]);
        assert_eq!(format!("{:?}", defaults.apply(&value)), r#"{a = 1, b = "x"}"#);
        let null = Value::null(Type::Dynamic);
        assert!(defaults.apply(&null).is_null());
        assert!(!defaults.apply(&Value::dynamic()).is_known());
    }

    #[test]
    fn goes_into_elements_and_defaults_of_defaults() {
        let inner = object_type(&[("a", Type::Number)]);
        let of_inner = defaults(inner.clone(), &[("a", 1.into())]);
        let mut of_list = defaults(Type::list(inner.clone()), &[]);
        of_list.children.insert("".into(), of_inner.clone());
        let empty = || Value::object_of::<&str>([]);
        let value = Value::tuple(vec![empty(), Value::object_of([("a", Value::number(2))])]);
        assert_eq!(format!("{:?}", of_list.apply(&value)), "[{a = 1}, {a = 2}]");

        let outer = object_type(&[("o", inner)]);
        let mut of_outer = defaults(outer, &[("o", empty())]);
        of_outer.children.insert("o".into(), of_inner);
        assert_eq!(format!("{:?}", of_outer.apply(&empty())), "{o = {a = 1}}");
    }

    /// `list(object({ n = optional(number, 1), o = optional(object({ x = optional(string, "dx") }),
    /// {}) }))`, and what terraform makes of it.
    #[test]
    fn nulls_inside_are_filled_in_and_the_list_stays_one() {
        let inner = object_type(&[("x", Type::String)]);
        let elem = object_type(&[("n", Type::Number), ("o", inner.clone())]);
        let empty = || Value::object_of::<&str>([]);
        let mut of_elem = defaults(elem.clone(), &[("n", 1.into()), ("o", empty())]);
        of_elem.children.insert("o".into(), defaults(inner, &[("x", "dx".into())]));
        let ty = Type::list(elem);
        let mut of_list = defaults(ty.clone(), &[]);
        of_list.children.insert("".into(), of_elem);

        let null = || Value::null(Type::Dynamic);
        let value = Value::tuple(vec![
            empty(),
            Value::object_of([("n", null())]),
            Value::object_of([("o", Value::object_of([("x", null())]))]),
            Value::object_of([("o", null())]),
            Value::object_of([("n", Value::number(2)), ("o", empty())]),
        ]);
        let applied = convert(&of_list.apply(&value), &ty).unwrap();
        let one = r#"{n = 1, o = {x = "dx"}}"#;
        let two = r#"{n = 2, o = {x = "dx"}}"#;
        let items: Vec<_> = applied.as_slice().unwrap().iter().map(|v| format!("{v:?}")).collect();
        assert_eq!(items, [one, one, one, one, two]);
        assert_eq!(applied.ty(), ty.without_optional());
    }
}
