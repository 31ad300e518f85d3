//! Values as they are once they were written and read back, without doing either.

use crate::value::Repr;
use crate::{Number, Path, Value};

impl Number {
    /// The number as it is read back: with the precision of what it was written as.
    #[must_use]
    pub fn as_packed(&self) -> Self {
        if let Some(value) = self.to_i64() {
            return Self::from(value);
        }
        let double = self.to_f64_exact().and_then(Self::from_f64);
        double.or_else(|| self.to_string().parse().ok()).unwrap_or_else(|| self.clone())
    }

    /// Whether that is another number, or one of another precision.
    fn changes_when_packed(&self) -> bool {
        match self.to_i64() {
            // What fits is exact as it is: only less precision than an integer's shows.
            Some(_) => self.is_negative_zero() || self.precision() < Self::ZERO.precision(),
            None => self.to_f64_exact().is_some() || self.precision() != crate::number::PARSED,
        }
    }

    fn is_negative_zero(&self) -> bool {
        *self == Self::ZERO && self.is_negative()
    }
}

impl Value {
    /// The value with numbers as they are read back from MessagePack: `pow(2, 60)`, which has the
    /// 53 bits of a double, is 1152921504606846976 then, and not 1152921504606847000 any more.
    #[must_use]
    pub fn as_packed(&self) -> Self {
        if self.changes_when_packed() { packed(&mut Path::new(), self) } else { self.clone() }
    }

    fn changes_when_packed(&self) -> bool {
        match &self.repr {
            Repr::Number(number) => number.changes_when_packed(),
            Repr::Null(_) | Repr::Unknown(_) | Repr::Bool(_) | Repr::String(_) => false,
            Repr::List(seq) | Repr::Set(seq) => seq.items.iter().any(Self::changes_when_packed),
            Repr::Tuple(tuple) => tuple.content.iter().any(Self::changes_when_packed),
            Repr::Map(map) => map.entries.iter().any(|(_, v)| v.changes_when_packed()),
            Repr::Object(object) => object.content.iter().any(|(_, v)| v.changes_when_packed()),
        }
    }
}

fn packed(path: &mut Path, value: &Value) -> Value {
    match &value.repr {
        Repr::Number(number) => Value::number(number.as_packed()).with_marks(value.marks()),
        _ => value.map_children(path, &mut |path, part| packed(path, &part)),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Marks, Number, Type, Value, from_msgpack, to_msgpack};

    #[test]
    fn numbers_are_as_if_written_and_read() {
        let double = |number: f64| Number::from_f64(number).expect("a number");
        let parsed = |text: &str| text.parse::<Number>().expect("a number");
        let third = Number::from(1).div(&Number::from(3)).expect("a number");
        for number in [
            double(2f64.powi(60)),
            double(2f64.powi(70)),
            double(0.1),
            double(-0.0),
            parsed("1152921504606846977"),
            parsed("18446744073709551615"),
            parsed("1180591620717411303424"),
            parsed("0.5"),
            parsed("0.1"),
            parsed("-3"),
            third,
        ] {
            let value = Value::number(number.clone());
            let bytes = to_msgpack(&value, &Type::Number).expect("it can be written");
            let read = from_msgpack(&bytes, &Type::Number).expect("it can be read");
            let read = read.as_number().expect("a number").clone();
            let packed = value.as_packed().as_number().expect("a number").clone();
            assert_eq!(packed, read, "{number}");
            assert_eq!(packed.to_string(), read.to_string());
        }
        let two = Value::number(double(2f64.powi(60)));
        assert_eq!(
            two.as_packed().as_number().map(ToString::to_string).as_deref(),
            Some("1152921504606846976")
        );
    }

    #[test]
    fn marks_and_all_else_stay() {
        let number = Number::from_f64(2f64.powi(60)).expect("a number");
        let part = Value::number(number).with_marks(Marks::SENSITIVE);
        let value = Value::tuple(vec![part, Value::string("x"), Value::unknown(Type::Number)]);
        let packed = value.as_packed();
        assert_eq!(packed.marks_deep(), Marks::SENSITIVE);
        assert!(packed.raw_equals(&value));
    }
}
