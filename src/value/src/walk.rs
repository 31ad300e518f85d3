//! Visiting and rebuilding a value part by part.

use std::ops::ControlFlow;

use crate::path::PathStep;
use crate::value::Repr;
use crate::{Fields, Number, Path, Type, Value};

impl Value {
    /// Calls `visit` for this value and then every part of it, each with its path; what it answers
    /// for a value says whether to go into it.
    pub fn walk(&self, mut visit: impl FnMut(&Path, &Self) -> ControlFlow<()>) {
        walk_at(self, &mut Path::new(), &mut visit);
    }

    /// Rebuilds the value from its parts up: `change` gets each part, its own parts changed
    /// already, and gives what takes its place. Marks stay on what they are on unless `change`
    /// takes them off.
    ///
    /// A list, set or map keeps its element type if all its elements keep theirs; otherwise it
    /// takes that of the first.
    #[must_use]
    pub fn transform(&self, mut change: impl FnMut(&Path, Self) -> Self) -> Self {
        transform_at(self.clone(), &mut Path::new(), &mut change)
    }

    /// The value with null, of the same type, in place of all that is unknown: what can be stored.
    #[must_use]
    pub fn unknown_as_null(&self) -> Self {
        self.transform(|_, part| if part.is_known() { part } else { Self::null(part.ty()) })
    }

    /// The same value with each of its parts replaced, `path` being its own.
    pub(crate) fn map_children(
        &self,
        path: &mut Path,
        change: &mut impl FnMut(&mut Path, Self) -> Self,
    ) -> Self {
        let mut at = |step: PathStep, child: &Self| {
            path.0.push(step);
            let changed = change(path, child.clone());
            path.0.pop();
            changed
        };
        let mut items = |items: &[Self], of_set: bool| -> Vec<Self> {
            let step = |i: usize, item: &Self| {
                if of_set {
                    PathStep::Element(item.clone())
                } else {
                    PathStep::Index(Number::from(i))
                }
            };
            items.iter().enumerate().map(|(i, item)| at(step(i, item), item)).collect()
        };
        let changed = match &self.repr {
            Repr::List(list) => {
                let items = items(&list.items, false);
                let elem = element_type(&list.ty, items.first());
                Self::list(elem, items)
            }
            Repr::Set(set) => {
                let items = items(&set.items, true);
                let elem = element_type(&set.ty, items.first());
                Self::set(elem, items)
            }
            Repr::Tuple(tuple) => Self::tuple(items(&tuple.content, false)),
            Repr::Map(map) => {
                let entries: Fields = map
                    .entries
                    .iter()
                    .map(|(key, v)| (key.clone(), at(PathStep::Key(key.clone()), v)))
                    .collect();
                let elem = element_type(&map.ty, entries.iter().next().map(|(_, v)| v));
                Self::map(elem, entries)
            }
            Repr::Object(object) => Self::object(
                object
                    .content
                    .iter()
                    .map(|(name, v)| (name.clone(), at(PathStep::Attr(name.clone()), v)))
                    .collect::<Fields>(),
            ),
            Repr::Null(_)
            | Repr::Unknown(_)
            | Repr::Bool(_)
            | Repr::Number(_)
            | Repr::String(_) => return self.clone(),
        };
        changed.with_marks(self.marks)
    }
}

fn walk_at(
    value: &Value,
    path: &mut Path,
    visit: &mut impl FnMut(&Path, &Value) -> ControlFlow<()>,
) {
    if visit(path, value).is_break() {
        return;
    }
    let mut at = |step: PathStep, child: &Value| {
        path.0.push(step);
        walk_at(child, path, visit);
        path.0.pop();
    };
    let mut ordered = |items: &[Value]| {
        for (i, item) in items.iter().enumerate() {
            at(PathStep::Index(Number::from(i)), item);
        }
    };
    match &value.repr {
        Repr::List(list) => ordered(&list.items),
        Repr::Tuple(tuple) => ordered(&tuple.content),
        Repr::Set(set) => set.items.iter().for_each(|v| at(PathStep::Element(v.clone()), v)),
        Repr::Map(map) => map.entries.iter().for_each(|(k, v)| at(PathStep::Key(k.clone()), v)),
        Repr::Object(object) => {
            object.content.iter().for_each(|(k, v)| at(PathStep::Attr(k.clone()), v));
        }
        Repr::Null(_) | Repr::Unknown(_) | Repr::Bool(_) | Repr::Number(_) | Repr::String(_) => {}
    }
}

fn transform_at(
    value: Value,
    path: &mut Path,
    change: &mut impl FnMut(&Path, Value) -> Value,
) -> Value {
    let value = if value.has_parts() {
        value.map_children(path, &mut |path, child| transform_at(child, path, change))
    } else {
        value
    };
    change(path, value)
}

/// The element type of a rebuilt collection: that of its elements, if theirs changed.
fn element_type(before: &Type, first: Option<&Value>) -> Type {
    let before = before.element().cloned().unwrap_or(Type::Dynamic);
    match first.map(Value::ty) {
        Some(now) if now != before && !before.has_dynamic() => now,
        _ => before,
    }
}

impl Value {
    /// Whether it is known and made of other values.
    fn has_parts(&self) -> bool {
        match &self.repr {
            Repr::List(seq) | Repr::Set(seq) => !seq.items.is_empty(),
            Repr::Map(map) => !map.entries.is_empty(),
            Repr::Tuple(tuple) => !tuple.content.is_empty(),
            Repr::Object(object) => !object.content.is_empty(),
            _ => false,
        }
    }

    /// The part that a path leads to; `None` if there is none, or it is inside an unknown or null
    /// value. Marks on the way are not added.
    pub fn at_path(&self, path: &Path) -> Option<&Self> {
        path.0.iter().try_fold(self, |value, step| match (&value.repr, step) {
            (Repr::Object(object), PathStep::Attr(name) | PathStep::Key(name)) => {
                object.content.get(name)
            }
            (Repr::Map(map), PathStep::Attr(name) | PathStep::Key(name)) => map.entries.get(name),
            (Repr::List(_) | Repr::Tuple(_), PathStep::Index(at)) => {
                let at = usize::try_from(at.to_u64()?).ok()?;
                value.as_slice()?.get(at)
            }
            (Repr::Set(set), PathStep::Element(element)) => {
                set.items.iter().find(|item| item.raw_equals(element))
            }
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use crate::{Marks, Path, Str, Type, Value};

    fn sample() -> Value {
        let list = Value::list(Type::String, vec![Value::from("x"), Value::from("y")]);
        Value::object_of([("a", list.with_marks(Marks::SENSITIVE)), ("b", Value::from(1i64))])
    }

    #[test]
    fn walks_every_part_with_its_path() {
        let mut seen = Vec::new();
        sample().walk(|path, _| {
            seen.push(path.to_string());
            ControlFlow::Continue(())
        });
        assert_eq!(seen, ["", ".a", ".a[0]", ".a[1]", ".b"]);
    }

    #[test]
    fn transforms_from_the_inside_out() {
        let changed = sample().transform(|_, value| match value.as_str() {
            Some(text) => Value::number(i64::try_from(text.len()).unwrap()),
            None => value,
        });
        assert_eq!(format!("{:?}", changed.unmark_deep().0), "{a = list(number)[1, 1], b = 1}");
        assert_eq!(format!("{changed:?}"), "{a = (sensitive), b = 1}");
    }

    #[test]
    fn paths_lead_to_parts() {
        let value = sample();
        let found = value.at_path(&Path::new().attr("a").index(1)).unwrap();
        assert_eq!(found.as_str().map(Str::as_str), Some("y"));
        assert!(value.at_path(&Path::new().attr("a").index(2)).is_none());
        assert!(value.at_path(&Path::new().attr("c")).is_none());
    }
}
