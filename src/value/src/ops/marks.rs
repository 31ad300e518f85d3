//! Marks inside a value: finding them, taking them off and putting them back.

use crate::path::PathStep;
use crate::value::Repr;
use crate::{Fields, Marks, Path, Value};

impl Value {
    /// Every mark at any depth.
    pub fn marks_deep(&self) -> Marks {
        let mut marks = self.marks;
        match &self.repr {
            Repr::List(seq) => seq.items.iter().for_each(|v| marks |= v.marks_deep()),
            Repr::Map(map) => map.entries.iter().for_each(|(_, v)| marks |= v.marks_deep()),
            Repr::Tuple(tuple) => tuple.content.iter().for_each(|v| marks |= v.marks_deep()),
            Repr::Object(object) => {
                object.content.iter().for_each(|(_, v)| marks |= v.marks_deep());
            }
            // Elements of a set carry none.
            Repr::Set(_)
            | Repr::Null(_)
            | Repr::Unknown(_)
            | Repr::Bool(_)
            | Repr::Number(_)
            | Repr::String(_) => {}
        }
        marks
    }

    /// Without marks at any depth, and every mark with where it was: parents before their parts.
    pub fn unmark_deep_with_paths(&self) -> (Self, Vec<(Path, Marks)>) {
        if self.marks_deep().is_empty() {
            return (self.clone(), Vec::new());
        }
        let mut found = Vec::new();
        let bare = unmark_at(self, &mut Path::new(), &mut |path, marks| {
            found.push((path.clone(), marks));
        });
        (bare, found)
    }

    /// Without marks at any depth, and all of them together.
    pub fn unmark_deep(&self) -> (Self, Marks) {
        let marks = self.marks_deep();
        if marks.is_empty() {
            return (self.clone(), marks);
        }
        (unmark_at(self, &mut Path::new(), &mut |_, _| {}), marks)
    }

    /// Puts marks back where they were; paths that are not there any more mark their parent.
    #[must_use]
    pub fn mark_with_paths(&self, marks: &[(Path, Marks)]) -> Self {
        let marks: Vec<_> = marks.iter().map(|(path, marks)| (path.0.as_slice(), *marks)).collect();
        mark_at(self, &marks)
    }
}

/// Copies only what has marks inside.
fn unmark_at(value: &Value, path: &mut Path, found: &mut impl FnMut(&Path, Marks)) -> Value {
    if !value.marks.is_empty() {
        found(path, value.marks);
    }
    let bare = Value::from_repr(value.repr.clone());
    if bare.marks_deep().is_empty() {
        return bare;
    }
    bare.map_children(path, &mut |path, child| unmark_at(&child, path, found))
}

type Marking<'a> = (&'a [PathStep], Marks);

fn mark_at(value: &Value, marks: &[Marking<'_>]) -> Value {
    if marks.is_empty() {
        return value.clone();
    }
    let mut own = value.marks;
    let children = match &value.repr {
        Repr::List(seq) => seq.items.len(),
        Repr::Tuple(tuple) => tuple.content.len(),
        Repr::Map(map) => map.entries.len(),
        Repr::Object(object) => object.content.len(),
        _ => 0,
    };
    let mut inside: Vec<Vec<Marking<'_>>> = vec![Vec::new(); children];
    let mut any = false;
    for (path, marks) in marks {
        let child =
            path.split_first().and_then(|(step, rest)| Some((position(value, step)?, rest)));
        match child {
            Some((at, rest)) => {
                inside[at].push((rest, *marks));
                any = true;
            }
            None => own |= *marks,
        }
    }
    let marked = if any { mark_children(value, &inside) } else { value.clone() };
    marked.with_marks(own)
}

/// Which of its parts a step leads to.
fn position(value: &Value, step: &PathStep) -> Option<usize> {
    let named = |fields: &Fields, name: &str| fields.position(name);
    match (&value.repr, step) {
        (Repr::Object(object), PathStep::Attr(name) | PathStep::Key(name)) => {
            named(&object.content, name)
        }
        (Repr::Map(map), PathStep::Attr(name) | PathStep::Key(name)) => named(&map.entries, name),
        (Repr::List(list), PathStep::Index(at)) => in_range(at, list.items.len()),
        (Repr::Tuple(tuple), PathStep::Index(at)) => in_range(at, tuple.content.len()),
        _ => None,
    }
}

fn in_range(at: &crate::Number, len: usize) -> Option<usize> {
    at.to_u64().and_then(|at| usize::try_from(at).ok()).filter(|at| *at < len)
}

fn mark_children(value: &Value, marks: &[Vec<Marking<'_>>]) -> Value {
    let mut each = marks.iter();
    value.map_children(&mut Path::new(), &mut |_, child| {
        mark_at(&child, each.next().map_or(&[][..], Vec::as_slice))
    })
}
