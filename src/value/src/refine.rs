//! What is known of an unknown value, and narrowing it.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::value::Repr;
use crate::{Marks, Number, Str, Type, Value};

/// An unknown value's type and refinements.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnknownValue {
    /// Its type; [`Type::Dynamic`] carries no refinement.
    pub ty: Type,
    /// What is known of it.
    pub refinements: Refinements,
}

impl UnknownValue {
    pub(crate) const fn new(ty: Type, refinements: Refinements) -> Self {
        Self { ty, refinements }
    }
}

/// What is known of a value that is not known (cty's refinements).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Refinements {
    /// It will not be null.
    pub not_null: bool,
    /// A string that starts so. At a safe grapheme boundary.
    pub prefix: Option<Str>,
    /// Lower bound of a number, and whether the bound itself is possible.
    pub number_min: Option<(Number, bool)>,
    /// Upper bound of a number, and whether the bound itself is possible.
    pub number_max: Option<(Number, bool)>,
    /// Lower bound of a collection's length.
    pub length_min: Option<u64>,
    /// Upper bound of a collection's length.
    pub length_max: Option<u64>,
}

impl Refinements {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `value`, which is known and not null, cannot be what the unknown value becomes.
    pub(crate) fn excludes(&self, value: &Value) -> bool {
        match &value.repr {
            Repr::String(text) => {
                self.prefix.as_ref().is_some_and(|prefix| !text.starts_with(prefix.as_str()))
            }
            Repr::Number(number) => {
                let below =
                    |(min, inclusive): &(Number, bool)| number < min || !inclusive && number == min;
                let above =
                    |(max, inclusive): &(Number, bool)| number > max || !inclusive && number == max;
                self.number_min.as_ref().is_some_and(below)
                    || self.number_max.as_ref().is_some_and(above)
            }
            _ => {
                let Some((least, most)) = length_range(value) else { return false };
                self.length_min.is_some_and(|min| most < min)
                    || self.length_max.is_some_and(|max| least > max)
            }
        }
    }
}

/// The bounds of the length of a known list, set or map.
pub(crate) fn length_range(value: &Value) -> Option<(u64, u64)> {
    let most = match &value.repr {
        Repr::List(list) => return Some((list.items.len() as u64, list.items.len() as u64)),
        Repr::Map(map) => return Some((map.entries.len() as u64, map.entries.len() as u64)),
        Repr::Set(set) => set.items.len() as u64,
        _ => return None,
    };
    // Unknown elements may turn out equal to others.
    if most <= 1 || value.is_wholly_known() { Some((most, most)) } else { Some((1, most)) }
}

/// Narrows an unknown value. A known value, and one of unknown type, stays as it is.
///
/// What contradicts an earlier refinement does not widen it again: of two bounds the tighter one
/// stays, of two prefixes the longer.
#[derive(Clone)]
#[must_use = "ends with `done`"]
pub struct Refiner {
    value: Value,
    refinements: Option<Refinements>,
}

impl Refiner {
    fn with(mut self, narrow: impl FnOnce(&mut Refinements)) -> Self {
        if let Some(refinements) = &mut self.refinements {
            narrow(refinements);
        }
        self
    }

    fn ty(&self) -> Option<&Type> {
        if let Repr::Unknown(unknown) = &self.value.repr { Some(&unknown.ty) } else { None }
    }

    /// It will not be null.
    pub fn not_null(self) -> Self {
        self.with(|r| r.not_null = true)
    }

    /// A string that starts with `prefix`, of which what follows could still change the last
    /// character (by combining with it) is left out.
    pub fn prefix(self, prefix: &str) -> Self {
        let prefix = Str::new(prefix);
        let safe = safe_prefix(&prefix);
        self.full_prefix(safe)
    }

    /// A string that starts with all of `prefix`, which nothing that follows combines with.
    pub fn full_prefix(self, prefix: &str) -> Self {
        if prefix.is_empty() || !matches!(self.ty(), Some(Type::String)) {
            return self;
        }
        self.with(|r| {
            if r.prefix.as_ref().is_none_or(|have| have.len() < prefix.len()) {
                r.prefix = Some(Str::new(prefix));
            }
        })
    }

    /// A number not below `min`, nor equal to it unless `inclusive`.
    pub fn number_min(self, min: Number, inclusive: bool) -> Self {
        if !matches!(self.ty(), Some(Type::Number)) {
            return self;
        }
        self.with(|r| {
            let looser = |(have, open): &(Number, bool)| *have < min || *have == min && *open;
            if r.number_min.as_ref().is_none_or(looser) {
                r.number_min = Some((min, inclusive));
            }
        })
    }

    /// A number not above `max`, nor equal to it unless `inclusive`.
    pub fn number_max(self, max: Number, inclusive: bool) -> Self {
        if !matches!(self.ty(), Some(Type::Number)) {
            return self;
        }
        self.with(|r| {
            let looser = |(have, open): &(Number, bool)| *have > max || *have == max && *open;
            if r.number_max.as_ref().is_none_or(looser) {
                r.number_max = Some((max, inclusive));
            }
        })
    }

    /// A list, set or map of at least so many elements.
    pub fn length_min(self, min: u64) -> Self {
        if min == 0 || !self.ty().is_some_and(Type::is_collection) {
            return self;
        }
        self.with(|r| r.length_min = Some(r.length_min.map_or(min, |have| have.max(min))))
    }

    /// A list, set or map of at most so many elements.
    pub fn length_max(self, max: u64) -> Self {
        if !self.ty().is_some_and(Type::is_collection) {
            return self;
        }
        self.with(|r| r.length_max = Some(r.length_max.map_or(max, |have| have.min(max))))
    }

    /// Everything that `other` knows.
    pub fn all(self, other: Refinements) -> Self {
        let mut this = self;
        if other.not_null {
            this = this.not_null();
        }
        if let Some(prefix) = other.prefix {
            this = this.full_prefix(&prefix);
        }
        if let Some((min, inclusive)) = other.number_min {
            this = this.number_min(min, inclusive);
        }
        if let Some((max, inclusive)) = other.number_max {
            this = this.number_max(max, inclusive);
        }
        if let Some(min) = other.length_min {
            this = this.length_min(min);
        }
        if let Some(max) = other.length_max {
            this = this.length_max(max);
        }
        this
    }

    /// The narrowed value: known, if only one is left (a number between equal bounds, an empty
    /// collection; a list of known length becomes a list of unknown elements).
    pub fn done(self) -> Value {
        let Some(refinements) = self.refinements else { return self.value };
        let Repr::Unknown(unknown) = &self.value.repr else { return self.value };
        let marks = self.value.marks;
        let value = collapse(&unknown.ty, &refinements).unwrap_or_else(|| {
            let unknown = UnknownValue::new(unknown.ty.clone(), refinements);
            Value::from_repr(Repr::Unknown(std::sync::Arc::new(unknown)))
        });
        value.with_marks(marks)
    }
}

/// The only value that an unknown one can become, if its refinements leave just one.
fn collapse(ty: &Type, refinements: &Refinements) -> Option<Value> {
    /// A length that nobody means is left unknown rather than allocated.
    const LONGEST: u64 = 1 << 16;

    if !refinements.not_null {
        return None;
    }
    if let (Some((min, true)), Some((max, true))) =
        (&refinements.number_min, &refinements.number_max)
        && min == max
    {
        return Some(Value::number(min.clone()));
    }
    let length = refinements.length_max?;
    if length != refinements.length_min.unwrap_or(0) {
        return None;
    }
    match (ty, length) {
        (Type::List(elem), 0..=LONGEST) => {
            let item = Value::unknown(Type::clone(elem));
            Some(Value::list(Type::clone(elem), vec![item; length as usize]))
        }
        (Type::Set(elem), 0) => Some(Value::set(Type::clone(elem), Vec::new())),
        (Type::Set(elem), 1) => {
            let item = Value::unknown(Type::clone(elem));
            Some(Value::set(Type::clone(elem), vec![item]))
        }
        (Type::Map(elem), 0) => Some(Value::map(Type::clone(elem), Vec::new())),
        _ => None,
    }
}

/// The start of `text` that stays the same whatever follows: without its last grapheme, unless
/// that is one of the characters that nothing combines with and that prefixes usually end in.
fn safe_prefix(text: &str) -> &str {
    const ENDS: &str = "-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'";
    let Some((at, last)) = text.grapheme_indices(true).next_back() else { return text };
    let mut chars = last.chars();
    let ends = matches!((chars.next(), chars.next()), (Some(c), None) if ENDS.contains(c));
    if ends { text } else { &text[..at] }
}

impl Value {
    /// Starts narrowing it. Ends with [`Refiner::done`].
    pub fn refine(&self) -> Refiner {
        let refinements = match &self.repr {
            Repr::Unknown(unknown) if unknown.ty != Type::Dynamic => {
                Some(unknown.refinements.clone())
            }
            _ => None,
        };
        Refiner { value: self.clone(), refinements }
    }

    /// The same, if unknown then refined as not null.
    #[must_use]
    pub fn refine_not_null(self) -> Self {
        if self.is_known() { self } else { self.refine().not_null().done() }
    }

    /// Unknown of type `ty`, of which `refinements` is known: as far as they fit the type, and
    /// nothing of a dynamic one. Known, if they leave one value only.
    pub fn unknown_with(ty: Type, refinements: Refinements) -> Self {
        Self::unknown(ty).refine().all(refinements).done()
    }

    /// What is known of it; `None` if it is known itself.
    pub fn refinements(&self) -> Option<&Refinements> {
        if let Repr::Unknown(unknown) = &self.repr { Some(&unknown.refinements) } else { None }
    }

    /// Whether it is known not to be null, and not to become null.
    pub fn is_definitely_not_null(&self) -> bool {
        match &self.repr {
            Repr::Null(_) => false,
            Repr::Unknown(unknown) => unknown.refinements.not_null,
            _ => true,
        }
    }

    /// An unknown bool that will not be null, as a comparison gives.
    pub(crate) fn unknown_bool(marks: Marks) -> Self {
        Self::unknown(Type::Bool).refine_not_null().with_marks(marks)
    }
}

#[cfg(test)]
mod tests {
    use super::safe_prefix;
    use crate::{Number, Type, Value};

    #[test]
    fn prefixes_end_where_nothing_combines() {
        for (text, safe) in
            [("foo-", "foo-"), ("foo", "fo"), ("foo1", "foo"), ("", ""), ("ami-e\u{301}", "ami-")]
        {
            assert_eq!(safe_prefix(text), safe);
        }
    }

    #[test]
    fn one_possible_value_is_known() {
        let n = |n: i64| Number::from(n);
        let number = Value::unknown(Type::Number);
        let five = number.refine().not_null().number_min(n(5), true).number_max(n(5), true).done();
        assert_eq!(five.as_number(), Some(&n(5)));
        let maybe_null = number.refine().number_min(n(5), true).number_max(n(5), true).done();
        assert!(!maybe_null.is_known());
        let list = Value::unknown(Type::list(Type::String));
        let list = list.refine().not_null().length_min(2).length_max(2).done();
        assert_eq!(list.as_slice().map(<[Value]>::len), Some(2));
        assert!(!list.is_wholly_known());
    }

    #[test]
    fn the_tighter_bound_stays() {
        let n = |n: i64| Number::from(n);
        let value = Value::unknown(Type::Number);
        let value = value.refine().number_min(n(5), false).number_min(n(3), true).done();
        let refinements = value.refinements().unwrap();
        assert_eq!(refinements.number_min, Some((n(5), false)));
        assert!(value.refine().number_max(n(3), true).length_max(3).done().refinements().is_some());
    }
}
