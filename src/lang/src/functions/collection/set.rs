//! Sets: `setintersection`, `setproduct`, `setsubtract`, `setunion`.

use groma_value::{Marks, Type, Value, convert, unify};

use super::super::{Call, Function, FunctionError, Parameter, returns};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "setintersection",
        "The set of the elements that all of several sets have.",
        &[Parameter::set("first_set").dynamic()],
        set_type,
        |call| {
            combine(call, |set, other| {
                let other = super::Members::new(other);
                set.retain(|item| other.contains(item));
            })
        },
    )
    .variadic(Parameter::set("other_sets").dynamic()),
    Function::new(
        "setproduct",
        "All combinations of an element of each of several sets or lists.",
        &[],
        setproduct_type,
        setproduct,
    )
    .variadic(Parameter::any("sets").described("The sets or lists to combine.").marked()),
    Function::new(
        "setsubtract",
        "The set of the elements of one set that are not in another.",
        &[Parameter::set("a").dynamic(), Parameter::set("b").dynamic()],
        set_type,
        |call| {
            combine(call, |set, other| {
                let other = super::Members::new(other);
                set.retain(|item| !other.contains(item));
            })
        },
    ),
    Function::new(
        "setunion",
        "The set of the elements that any of several sets has.",
        &[Parameter::set("first_set").dynamic()],
        set_type,
        union,
    )
    .variadic(Parameter::set("other_sets").dynamic()),
];

fn set_type(args: &[Value]) -> returns::Result {
    let mut elems = Vec::new();
    for arg in args {
        let Type::Set(elem) = arg.ty() else { return Ok(Type::set(Type::Dynamic)) };
        // An empty set of no known type becomes one of any type.
        let empty = arg.as_slice().is_some_and(<[Value]>::is_empty);
        if !(empty && *elem == Type::Dynamic) {
            elems.push((*elem).clone());
        }
    }
    if elems.is_empty() {
        return Ok(Type::set(Type::Dynamic));
    }
    let elem = unify(&elems)
        .ok_or_else(|| FunctionError::new("given sets must all have compatible element types"))?;
    Ok(Type::set(elem))
}

/// The arguments as sets of the same type.
fn converted(call: &Call<'_>) -> Result<Vec<Value>, FunctionError> {
    let each = call.args.iter().enumerate().map(|(index, arg)| {
        convert(arg, call.ty).map_err(|error| FunctionError::argument(index, error.message))
    });
    each.collect()
}

fn elem(call: &Call<'_>) -> Type {
    call.ty.element().cloned().unwrap_or(Type::Dynamic)
}

/// Folds the sets one by one into the first. An unknown element may turn out equal to any other, so
/// that nothing is known then.
fn combine(
    call: &Call<'_>,
    step: impl Fn(&mut Vec<Value>, &[Value]),
) -> Result<Value, FunctionError> {
    let sets = converted(call)?;
    if !sets.iter().all(Value::is_wholly_known) {
        return call.unknown();
    }
    let mut sets = sets.iter();
    let mut result = sets.next().map_or_else(Vec::new, |first| super::items(first).to_vec());
    for set in sets {
        step(&mut result, super::items(set));
    }
    Ok(Value::set(elem(call), result))
}

fn union(call: &Call<'_>) -> Result<Value, FunctionError> {
    let sets = converted(call)?;
    if !sets.iter().all(Value::is_known) {
        return call.unknown();
    }
    let items = sets.iter().flat_map(super::items).cloned().collect();
    Ok(Value::set(elem(call), items))
}

fn setproduct_type(args: &[Value]) -> returns::Result {
    if args.len() < 2 {
        return Err(FunctionError::new("at least two arguments are required"));
    }
    let mut elems = Vec::with_capacity(args.len());
    let mut ordered = true;
    for (index, arg) in args.iter().enumerate() {
        elems.push(match arg.ty() {
            Type::Set(elem) => {
                ordered = false;
                (*elem).clone()
            }
            Type::List(elem) => (*elem).clone(),
            Type::Tuple(each) if each.is_empty() => Type::Dynamic,
            Type::Tuple(each) => unify(&each).ok_or_else(|| {
                FunctionError::argument(index, "all elements must be of the same type")
            })?,
            _ => return Err(FunctionError::argument(index, "a set or a list is required")),
        });
    }
    let tuple = Type::tuple(elems);
    Ok(if ordered { Type::list(tuple) } else { Type::set(tuple) })
}

/// More combinations than these would hardly fit into memory.
const MOST_COMBINATIONS: usize = 1 << 27;

fn setproduct(call: &Call<'_>) -> Result<Value, FunctionError> {
    let marks = call.args.iter().fold(Marks::NONE, |marks, arg| marks | arg.marks());
    if !call.args.iter().all(super::has_known_length) {
        return Ok(call.unknown()?.with_marks(marks));
    }
    let tuple = elem(call);
    let Type::Tuple(types) = &tuple else { return call.unknown() };
    let mut columns = Vec::with_capacity(call.args.len());
    for (index, (arg, ty)) in call.args.iter().zip(types.iter()).enumerate() {
        let column: Result<Vec<Value>, _> = super::items(arg)
            .iter()
            .map(|item| {
                convert(item, ty).map_err(|error| FunctionError::argument(index, error.message))
            })
            .collect();
        columns.push(column?);
    }
    let total = columns.iter().try_fold(1usize, |total, column| {
        total.checked_mul(column.len()).filter(|total| *total <= MOST_COMBINATIONS)
    });
    let Some(total) = total else {
        return Err(FunctionError::new("the result would have too many elements"));
    };
    let mut rows: Vec<Vec<Value>> = vec![Vec::with_capacity(columns.len()); total];
    // The last column changes fastest.
    let mut repeat = total;
    for column in columns.iter().filter(|column| !column.is_empty()) {
        repeat /= column.len();
        for (at, row) in rows.iter_mut().enumerate() {
            row.push(column[at / repeat % column.len()].clone());
        }
    }
    let rows = rows.into_iter().map(Value::tuple).collect();
    let result = match call.ty {
        Type::List(_) => Value::list(tuple, rows),
        _ => Value::set(tuple, rows),
    };
    Ok(result.with_marks(marks))
}
