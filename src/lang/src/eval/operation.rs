//! Operators.

use groma_diag::Diagnostics;
use groma_value::{OpError, Type, Value, convert};

use super::evaluator::{Env, Evaluator, unknown};
use crate::syntax::{BinaryOp, ExprRef, UnaryOp};

impl Evaluator<'_> {
    pub(super) fn binary(
        &mut self,
        expr: ExprRef<'_>,
        op: BinaryOp,
        [left, right]: [ExprRef<'_>; 2],
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let (mut left_diags, mut right_diags) = (Diagnostics::new(), Diagnostics::new());
        let left_value = self.eval(left, env, &mut left_diags);
        let right_value = self.eval(right, env, &mut right_diags);
        let mut misfits = Diagnostics::new();
        let mut operand =
            |this: &mut Self, value: Value, place: ExprRef<'_>, side: &str| match as_operand(
                value,
                operand_type(op),
            ) {
                Ok(value) => Some(value),
                Err(error) => {
                    let detail = format!("Unsuitable value for {side} operand: {error}.");
                    let error = this.error("Invalid operand", detail, place.span(), place, env);
                    misfits.push(error.within(expr.span()));
                    None
                }
            };
        let left_value = operand(self, left_value, left, "left");
        let right_value = operand(self, right_value, right, "right");
        let (Some(left_value), Some(right_value)) = (left_value, right_value) else {
            diags.extend(misfits);
            diags.extend(left_diags);
            diags.extend(right_diags);
            return unknown(&result_type(op));
        };
        let marks = left_value.marks() | right_value.marks();
        let nothing_null = !left_value.is_null() && !right_value.is_null();
        if nothing_null
            && !self.both_sides
            && let Some(controlling) = controlling(op)
            && let Some(decided) =
                short_circuit(controlling, &left_value, &right_value, &left_diags)
        {
            let (value, reported) = match decided {
                Decided::Left(value) => (value, left_diags),
                Decided::Right(value) => (value, right_diags),
            };
            diags.extend(reported);
            return forget_marks_of_unknown(value.with_marks(marks));
        }
        let failed = left_diags.has_errors() || right_diags.has_errors();
        diags.extend(left_diags);
        diags.extend(right_diags);
        if failed {
            return unknown(&result_type(op)).with_marks(marks);
        }
        match apply(op, &left_value, &right_value) {
            Ok(value) => value,
            Err(error) => {
                let detail = format!("Error during operation: {error}.");
                diags.push(self.error("Operation failed", detail, expr.span(), expr, env));
                unknown(&result_type(op))
            }
        }
    }

    pub(super) fn unary(
        &mut self,
        expr: ExprRef<'_>,
        op: UnaryOp,
        operand: ExprRef<'_>,
        env: Env<'_>,
        diags: &mut Diagnostics,
    ) -> Value {
        let ty = match op {
            UnaryOp::Not => Type::Bool,
            UnaryOp::Negate => Type::Number,
        };
        let mut found = Diagnostics::new();
        let value = self.eval(operand, env, &mut found);
        let failed = found.has_errors();
        diags.extend(found);
        let value = match as_operand(value, Some(ty.clone())) {
            Ok(value) => value,
            Err(error) => {
                let detail = format!("Unsuitable value for unary operand: {error}.");
                let error = self.error("Invalid operand", detail, operand.span(), operand, env);
                diags.push(error.within(expr.span()));
                return unknown(&ty);
            }
        };
        if failed {
            return unknown(&ty);
        }
        let result = not_null(&value).and_then(|()| match op {
            UnaryOp::Not => value.not(),
            UnaryOp::Negate => value.neg(),
        });
        let result = result.map(forget_marks_of_unknown);
        result.unwrap_or_else(|error| {
            let detail = format!("Error during operation: {error}.");
            diags.push(self.error("Operation failed", detail, expr.span(), expr, env));
            unknown(&ty)
        })
    }
}

/// What operands are converted to; `None` for those of any type.
const fn operand_type(op: BinaryOp) -> Option<Type> {
    match op {
        BinaryOp::Or | BinaryOp::And => Some(Type::Bool),
        BinaryOp::Equal | BinaryOp::NotEqual => None,
        BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual
        | BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Modulo => Some(Type::Number),
    }
}

const fn result_type(op: BinaryOp) -> Type {
    match op {
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Modulo => Type::Number,
        BinaryOp::Or
        | BinaryOp::And
        | BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual => Type::Bool,
    }
}

fn as_operand(value: Value, ty: Option<Type>) -> Result<Value, String> {
    let fits = match &ty {
        None => true,
        Some(Type::Number) => value.as_number().is_some(),
        Some(_) => value.as_bool().is_some(),
    };
    match ty {
        Some(ty) if !fits => convert(&value, &ty).map_err(|error| error.to_string()),
        _ => Ok(value),
    }
}

/// As in Terraform, whose `!`, `-`, `&&` and `||` do not get to see an operand that is unknown,
/// and so not its marks: the result has them once it is known.
fn forget_marks_of_unknown(result: Value) -> Value {
    if result.is_known() { result } else { result.unmark().0 }
}

fn not_null(value: &Value) -> Result<(), OpError> {
    if value.is_null() { Err(OpError("argument must not be null".to_owned())) } else { Ok(()) }
}

fn apply(op: BinaryOp, left: &Value, right: &Value) -> Result<Value, OpError> {
    if operand_type(op).is_some() {
        not_null(left)?;
        not_null(right)?;
    }
    match op {
        BinaryOp::Or => left.or(right),
        BinaryOp::And => left.and(right),
        BinaryOp::Equal => Ok(left.equals(right)),
        BinaryOp::NotEqual => left.equals(right).not(),
        BinaryOp::Less => left.less_than(right),
        BinaryOp::LessOrEqual => right.less_than(left).and_then(|greater| greater.not()),
        BinaryOp::Greater => right.less_than(left),
        BinaryOp::GreaterOrEqual => left.less_than(right).and_then(|less| less.not()),
        BinaryOp::Add => left.add(right),
        BinaryOp::Subtract => left.sub(right),
        BinaryOp::Multiply => left.mul(right),
        BinaryOp::Divide => left.div(right),
        BinaryOp::Modulo => left.rem(right),
    }
}

/// The operand that alone decides the result of `||` and `&&`.
const fn controlling(op: BinaryOp) -> Option<bool> {
    match op {
        BinaryOp::Or => Some(true),
        BinaryOp::And => Some(false),
        _ => None,
    }
}

/// Which side's diagnostics go with the result.
enum Decided {
    Left(Value),
    Right(Value),
}

/// The result of `||` or `&&` where one side decides, as Terraform has it from 1.12: what is
/// wrong with the other side then does not count. (1.11 evaluates both and reports both.)
fn short_circuit(
    controlling: bool,
    left: &Value,
    right: &Value,
    left_diags: &Diagnostics,
) -> Option<Decided> {
    let undecided = || Value::unknown(Type::Bool).refine_not_null();
    match (left.as_bool(), right.as_bool()) {
        (None, None) => (!left_diags.has_errors()).then(|| Decided::Left(undecided())),
        (Some(left), _) if left == controlling => Some(Decided::Left(Value::bool(controlling))),
        (_, Some(right)) if right == controlling => Some(Decided::Right(Value::bool(controlling))),
        (None, Some(_)) => Some(Decided::Left(undecided())),
        (Some(_), None) => Some(Decided::Right(undecided())),
        (Some(_), Some(_)) => None,
    }
}
