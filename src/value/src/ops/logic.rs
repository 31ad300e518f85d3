//! Arithmetic and logic on primitive values.

use super::OpError;
use crate::value::Repr;
use crate::{ArithmeticError, Number, Type, Value};

/// A checked operand: known, or unknown of the right type.
enum Operand<T> {
    Known(T),
    Unknown,
}

fn number(value: &Value) -> Result<Operand<&Number>, OpError> {
    match &value.repr {
        Repr::Number(number) => Ok(Operand::Known(number)),
        Repr::Unknown(unknown) if matches!(unknown.ty, Type::Number | Type::Dynamic) => {
            Ok(Operand::Unknown)
        }
        Repr::Null(_) => Err(OpError::new("argument must not be null")),
        _ => Err(OpError::new("a number is required")),
    }
}

fn boolean(value: &Value) -> Result<Operand<bool>, OpError> {
    match &value.repr {
        Repr::Bool(value) => Ok(Operand::Known(*value)),
        Repr::Unknown(unknown) if matches!(unknown.ty, Type::Bool | Type::Dynamic) => {
            Ok(Operand::Unknown)
        }
        Repr::Null(_) => Err(OpError::new("argument must not be null")),
        _ => Err(OpError::new("a bool is required")),
    }
}

/// Arithmetic and logic. Operands have been converted to the operator's type; nulls are errors;
/// unknown gives unknown, refined where that is certain; marks of both flow into the result.
impl Value {
    fn arithmetic(
        &self,
        other: &Self,
        op: impl FnOnce(&Number, &Number) -> Result<Number, ArithmeticError>,
    ) -> Result<Self, OpError> {
        let result = match (number(self)?, number(other)?) {
            (Operand::Known(a), Operand::Known(b)) => {
                Self::number(op(a, b).map_err(|e| OpError(e.to_string()))?)
            }
            _ => Self::unknown(Type::Number).refine_not_null(),
        };
        Ok(result.with_marks(self.marks | other.marks))
    }

    fn logic(&self, other: &Self, op: impl FnOnce(bool, bool) -> bool) -> Result<Self, OpError> {
        let marks = self.marks | other.marks;
        Ok(match (boolean(self)?, boolean(other)?) {
            (Operand::Known(a), Operand::Known(b)) => Self::bool(op(a, b)).with_marks(marks),
            _ => Self::unknown_bool(marks),
        })
    }

    /// `self + other`
    pub fn add(&self, other: &Self) -> Result<Self, OpError> {
        self.arithmetic(other, Number::add)
    }

    /// `self - other`
    pub fn sub(&self, other: &Self) -> Result<Self, OpError> {
        self.arithmetic(other, Number::sub)
    }

    /// `self * other`
    pub fn mul(&self, other: &Self) -> Result<Self, OpError> {
        self.arithmetic(other, Number::mul)
    }

    /// `self / other`. By zero it is an infinity, but for zero by zero, which is an error.
    pub fn div(&self, other: &Self) -> Result<Self, OpError> {
        self.arithmetic(other, Number::div)
    }

    /// `self % other`. By zero it is `self`, as in Terraform.
    pub fn rem(&self, other: &Self) -> Result<Self, OpError> {
        self.arithmetic(other, Number::rem)
    }

    /// `-self`
    pub fn neg(&self) -> Result<Self, OpError> {
        let result = match number(self)? {
            Operand::Known(number) => Self::number(number.neg()),
            Operand::Unknown => Self::unknown(Type::Number).refine_not_null(),
        };
        Ok(result.with_marks(self.marks))
    }

    /// `!self`
    pub fn not(&self) -> Result<Self, OpError> {
        Ok(match boolean(self)? {
            Operand::Known(value) => Self::bool(!value).with_marks(self.marks),
            Operand::Unknown => Self::unknown_bool(self.marks),
        })
    }

    /// `self && other` of two bools, with no short circuit (the evaluator does that): unknown if
    /// one is unknown, even if the other is false.
    pub fn and(&self, other: &Self) -> Result<Self, OpError> {
        self.logic(other, |a, b| a && b)
    }

    /// `self || other` of two bools, with no short circuit: unknown if one is unknown, even if the
    /// other is true.
    pub fn or(&self, other: &Self) -> Result<Self, OpError> {
        self.logic(other, |a, b| a || b)
    }

    /// `self < other` of two numbers. Known of unknowns whose bounds decide it.
    pub fn less_than(&self, other: &Self) -> Result<Self, OpError> {
        let marks = self.marks | other.marks;
        if let (Operand::Known(a), Operand::Known(b)) = (number(self)?, number(other)?) {
            return Ok(Self::bool(a < b).with_marks(marks));
        }
        let ((a_min, a_max), (b_min, b_max)) = (bounds(self), bounds(other));
        // Bounds count as exclusive, as in cty, which leaves more unknown than need be.
        let certainly = a_max.zip(b_min).is_some_and(|(a, b)| a < b);
        let certainly_not = a_min.zip(b_max).is_some_and(|(a, b)| a > b);
        Ok(if certainly || certainly_not {
            Self::bool(certainly).with_marks(marks)
        } else {
            Self::unknown_bool(marks)
        })
    }

    /// `self > other` of two numbers.
    pub fn greater_than(&self, other: &Self) -> Result<Self, OpError> {
        other.less_than(self)
    }

    /// `self <= other` of two numbers.
    pub fn less_than_or_equal_to(&self, other: &Self) -> Result<Self, OpError> {
        Ok(either(&self.less_than(other)?, &self.equals(other)))
    }

    /// `self >= other` of two numbers.
    pub fn greater_than_or_equal_to(&self, other: &Self) -> Result<Self, OpError> {
        Ok(either(&self.greater_than(other)?, &self.equals(other)))
    }
}

/// True if one is, whatever the other.
fn either(a: &Value, b: &Value) -> Value {
    let marks = a.marks | b.marks;
    match (a.as_bool(), b.as_bool()) {
        (Some(true), _) | (_, Some(true)) => Value::bool(true).with_marks(marks),
        (Some(false), Some(false)) => Value::bool(false).with_marks(marks),
        _ => Value::unknown_bool(marks),
    }
}

/// The bounds of a number, as far as they are known.
fn bounds(value: &Value) -> (Option<&Number>, Option<&Number>) {
    match &value.repr {
        Repr::Number(number) => (Some(number), Some(number)),
        Repr::Unknown(unknown) => {
            let known = &unknown.refinements;
            (known.number_min.as_ref().map(|b| &b.0), known.number_max.as_ref().map(|b| &b.0))
        }
        _ => (None, None),
    }
}
