//! Lists and tuples: `chunklist`, `compact`, `concat`, `distinct`, `flatten`, `range`, `reverse`,
//! `slice`, `sort`.

use groma_value::{Marks, Number, Type, Value, convert, unify};

use super::super::call::integer;
use super::super::{Call, Function, FunctionError, Parameter, returns};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "chunklist",
        "Cuts a list into lists of a given length; the last may be shorter.",
        &[
            Parameter::list("list").described("The list to cut.").marked(),
            Parameter::number("size")
                .described("The length of each part. With 0 there is one part, the whole.")
                .marked(),
        ],
        |args| Ok(Type::list(args.first().map_or(Type::list(Type::Dynamic), Value::ty))),
        chunklist,
    ),
    Function::new(
        "compact",
        "A list of strings without those that are empty or null.",
        &[Parameter::strings("list")],
        returns::strings,
        compact,
    ),
    Function::new(
        "concat",
        "One list with the elements of several, in their order.",
        &[],
        concat_type,
        concat,
    )
    .variadic(Parameter::any("seqs").marked()),
    Function::new(
        "distinct",
        "A list without the elements that are the same as an earlier one.",
        &[Parameter::list("list")],
        returns::first,
        distinct,
    ),
    Function::new(
        "flatten",
        "A list in which every element that is a list itself is replaced with its elements, at \
         every depth.",
        &[Parameter::any("list").marked()],
        flatten_type,
        flatten,
    ),
    Function::new(
        "range",
        "A list of numbers: from a start (0 unless given) up to but without a limit, by a step (1 \
         unless given).",
        &[],
        |_| Ok(Type::list(Type::Number)),
        range,
    )
    .variadic(Parameter::number("params")),
    Function::new(
        "reverse",
        "The elements of a list in reverse order.",
        &[Parameter::any("list").marked()],
        reverse_type,
        reverse,
    ),
    Function::new(
        "slice",
        "The elements of a list from one index up to but without another.",
        &[
            Parameter::any("list").marked(),
            Parameter::number("start_index"),
            Parameter::number("end_index"),
        ],
        slice_type,
        slice,
    ),
    Function::new(
        "sort",
        "A list of strings in the order of their characters' code points.",
        &[Parameter::strings("list").unknown()],
        returns::strings,
        sort,
    ),
];

/// The element type of the list that the call must give.
fn elem(call: &Call<'_>) -> Type {
    call.ty.element().cloned().unwrap_or(Type::Dynamic)
}

fn chunklist(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (list, size) = (call.value(0)?, call.number(1)?);
    let marks = list.marks() | call.value(1)?.marks();
    let size = integer(size)
        .map_err(|error| FunctionError::new(format!("invalid size: {}", error.message)))?;
    let Ok(size) = usize::try_from(size) else {
        return Err(FunctionError::new("the size argument must be positive"));
    };
    let items = call.items(0)?;
    let part = list.ty().element().cloned().unwrap_or(Type::Dynamic);
    let size = if size == 0 { items.len().max(1) } else { size };
    let parts = items.chunks(size).map(|chunk| Value::list(part.clone(), chunk.to_vec())).collect();
    Ok(Value::list(elem(call), parts).with_marks(marks))
}

fn compact(call: &Call<'_>) -> Result<Value, FunctionError> {
    if !call.value(0)?.is_wholly_known() {
        return call.unknown();
    }
    let full = call.items(0)?.iter().filter(|v| v.as_str().is_some_and(|text| !text.is_empty()));
    Ok(Value::list(Type::String, full.cloned().collect()))
}

fn concat_type(args: &[Value]) -> returns::Result {
    if args.is_empty() {
        return Err(FunctionError::new("at least one argument is required"));
    }
    let types: Vec<Type> = args.iter().map(Value::ty).collect();
    if types.iter().all(|ty| matches!(ty, Type::List(_)))
        && let Some(common) = unify(&types)
    {
        return Ok(common);
    }
    let mut elems = Vec::new();
    for (index, (arg, ty)) in args.iter().zip(types).enumerate() {
        match ty {
            Type::Tuple(each) => elems.extend(each.iter().cloned()),
            // Without its length there is no type of the tuple.
            Type::List(_) if !arg.is_known() => return Ok(Type::Dynamic),
            Type::List(each) => {
                elems.extend(super::items(arg).iter().map(|_| (*each).clone()));
            }
            ty => {
                return Err(FunctionError::argument(
                    index,
                    format!("all arguments must be lists or tuples; got {}", ty.friendly_name()),
                ));
            }
        }
    }
    Ok(Type::tuple(elems))
}

fn concat(call: &Call<'_>) -> Result<Value, FunctionError> {
    let mut marks = Marks::NONE;
    let mut items = Vec::new();
    for (index, arg) in call.args.iter().enumerate() {
        let list = match call.ty {
            Type::List(_) => convert(arg, call.ty)
                .map_err(|error| FunctionError::argument(index, error.message))?,
            _ => arg.clone(),
        };
        marks |= list.marks();
        items.extend_from_slice(super::items(&list));
    }
    let result = match call.ty {
        Type::List(elem) => Value::list((**elem).clone(), items),
        _ => Value::tuple(items),
    };
    Ok(result.with_marks(marks))
}

fn distinct(call: &Call<'_>) -> Result<Value, FunctionError> {
    if !call.value(0)?.is_wholly_known() {
        return call.unknown();
    }
    let items = call.items(0)?;
    // Equal elements end up side by side, the first one first.
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|a, b| items[*a].total_cmp(&items[*b]));
    let mut first: Vec<usize> = order
        .chunk_by(|a, b| items[*a].total_cmp(&items[*b]).is_eq())
        .filter_map(|same| same.first().copied())
        .collect();
    first.sort_unstable();
    Ok(Value::list(elem(call), first.into_iter().map(|at| items[at].clone()).collect()))
}

/// What flattening gave: the elements, the marks of the lists that are gone, and whether all of
/// them are known.
struct Flat {
    items: Vec<Value>,
    marks: Marks,
    known: bool,
}

impl Flat {
    fn of(list: &Value) -> Self {
        let mut flat = Self { items: Vec::new(), marks: Marks::NONE, known: true };
        flat.add(list);
        flat
    }

    fn add(&mut self, list: &Value) {
        self.marks |= list.marks();
        if !super::has_known_length(list) {
            self.known = false;
            return;
        }
        for item in super::items(list) {
            let ty = item.ty();
            if super::is_sequence(&ty) {
                if item.is_null() {
                    self.items.push(item.clone());
                } else {
                    self.add(item);
                }
                continue;
            }
            // What it is, may be one more list.
            self.known &= ty != Type::Dynamic || item.is_null();
            self.items.push(item.clone());
        }
    }
}

fn flatten_type(args: &[Value]) -> returns::Result {
    let Some(list) = args.first().filter(|list| list.is_wholly_known()) else {
        return Ok(Type::Dynamic);
    };
    if !super::is_sequence(&list.ty()) {
        return Err(FunctionError::new("can only flatten lists, sets and tuples"));
    }
    let flat = Flat::of(list);
    Ok(if flat.known { Type::tuple(flat.items.iter().map(Value::ty)) } else { Type::Dynamic })
}

fn flatten(call: &Call<'_>) -> Result<Value, FunctionError> {
    let list = call.value(0)?;
    if !super::is_sequence(&list.ty()) {
        return Err(FunctionError::new("can only flatten lists, sets and tuples"));
    }
    let flat = Flat::of(list);
    let result = if flat.known { Value::tuple(flat.items) } else { call.unknown()? };
    Ok(result.with_marks(flat.marks))
}

/// More numbers than these are refused, as Terraform does.
const LONGEST_RANGE: usize = 1024;

fn range(call: &Call<'_>) -> Result<Value, FunctionError> {
    let numbers: Vec<&Number> = call.args.iter().filter_map(Value::as_number).collect();
    let by = |down: bool| Number::from(if down { -1 } else { 1 });
    let (mut number, end, step) = match numbers.as_slice() {
        [end] => (Number::ZERO, *end, by(end.is_negative() && !end.is_zero())),
        [start, end] => ((*start).clone(), *end, by(end < start)),
        [start, end, step] => ((*start).clone(), *end, (*step).clone()),
        _ => return Err(FunctionError::new("must have one, two, or three arguments")),
    };
    let down = step < Number::ZERO;
    if down && *end > number {
        return Err(FunctionError::argument(
            1,
            "end must be less than start when step is negative",
        ));
    }
    if !down && *end < number {
        return Err(FunctionError::argument(
            1,
            "end must be greater than start when step is positive",
        ));
    }
    let mut values = Vec::new();
    while if down { number > *end } else { number < *end } {
        if values.len() >= LONGEST_RANGE {
            return Err(FunctionError::new(
                "more than 1024 values were generated; either decrease the difference between \
                 start and end or use a smaller step",
            ));
        }
        values.push(Value::number(number.clone()));
        number = number.add(&step).map_err(|error| FunctionError::new(error.to_string()))?;
    }
    Ok(Value::list(Type::Number, values))
}

fn reverse_type(args: &[Value]) -> returns::Result {
    match args.first().map(Value::ty) {
        Some(Type::Tuple(elems)) => Ok(Type::tuple(elems.iter().rev().cloned())),
        Some(Type::List(elem) | Type::Set(elem)) => Ok(Type::list((*elem).clone())),
        ty => Err(FunctionError::argument(
            0,
            format!(
                "can only reverse list or tuple values, not {}",
                ty.unwrap_or(Type::Dynamic).friendly_name()
            ),
        )),
    }
}

fn reverse(call: &Call<'_>) -> Result<Value, FunctionError> {
    let items = call.items(0)?.iter().rev().cloned().collect();
    let result = match call.ty {
        Type::List(elem) => Value::list((**elem).clone(), items),
        _ => Value::tuple(items),
    };
    Ok(result.with_marks(call.value(0)?.marks()))
}

fn slice_type(args: &[Value]) -> returns::Result {
    let Some(list) = args.first() else { return Ok(Type::Dynamic) };
    let ty = list.ty();
    match &ty {
        Type::Set(_) => {
            return Err(FunctionError::argument(
                0,
                "cannot slice a set, because its elements do not have indices; explicitly \
                 convert to a list if the ordering of the result is not important",
            ));
        }
        Type::List(_) | Type::Tuple(_) => {}
        _ => return Err(FunctionError::argument(0, "must be a list or tuple value")),
    }
    let bounds = slice_bounds(args)?;
    match (&ty, bounds) {
        (Type::Tuple(elems), Some((start, end))) => {
            Ok(Type::tuple(elems.get(start..end).unwrap_or_default().iter().cloned()))
        }
        (Type::Tuple(_), None) => Ok(Type::Dynamic),
        _ => Ok(ty),
    }
}

fn slice(call: &Call<'_>) -> Result<Value, FunctionError> {
    let list = call.value(0)?;
    let Some((start, end)) = slice_bounds(call.args)? else { return call.unknown() };
    let items = call.items(0)?.get(start..end).unwrap_or_default().to_vec();
    let result = match call.ty {
        Type::List(elem) => Value::list((**elem).clone(), items),
        _ => Value::tuple(items),
    };
    Ok(result.with_marks(list.marks()))
}

/// Both indexes, checked as far as they and the list's length are known; nothing unless both are.
fn slice_bounds(args: &[Value]) -> Result<Option<(usize, usize)>, FunctionError> {
    let [list, start, end] = args else { return Ok(None) };
    let length = match list.ty() {
        Type::Tuple(elems) => Some(elems.len()),
        _ => list.as_slice().map(<[Value]>::len),
    };
    let bound = |at: usize, value: &Value, which: &str| {
        let Some(number) = value.as_number() else { return Ok(None) };
        let wrong = |what: String| FunctionError::argument(at, what);
        let index = integer(number)
            .map_err(|error| wrong(format!("invalid {which} index: {}", error.message)))?;
        let index = usize::try_from(index)
            .map_err(|_| wrong(format!("{which} index must not be less than zero")))?;
        if length.is_some_and(|length| index > length) {
            return Err(wrong(format!(
                "{which} index must not be greater than the length of the list"
            )));
        }
        Ok(Some(index))
    };
    let (start, end) = (bound(1, start, "start")?, bound(2, end, "end")?);
    match (start, end) {
        (Some(start), Some(end)) if start > end => {
            Err(FunctionError::argument(1, "start index must not be greater than end index"))
        }
        (Some(start), Some(end)) => Ok(Some((start, end))),
        _ => Ok(None),
    }
}

fn sort(call: &Call<'_>) -> Result<Value, FunctionError> {
    let list = call.value(0)?;
    if !list.is_wholly_known() {
        // The order is unknown, but not how many there are.
        let mut result = Value::unknown(call.ty.clone()).refine().not_null();
        if let Some(items) = list.as_slice() {
            let length = items.len() as u64;
            result = result.length_min(length).length_max(length);
        } else if let Some(refinements) = list.refinements() {
            result = result.length_min(refinements.length_min.unwrap_or(0));
            if let Some(most) = refinements.length_max {
                result = result.length_max(most);
            }
        }
        return Ok(result.done());
    }
    let mut texts = Vec::new();
    for (index, item) in call.items(0)?.iter().enumerate() {
        let Some(text) = item.as_str() else {
            return Err(FunctionError::new(format!(
                "given list element {index} is null; a null string cannot be sorted"
            )));
        };
        texts.push(text);
    }
    texts.sort();
    let sorted = texts.into_iter().map(|text| Value::string(text.clone())).collect();
    Ok(Value::list(Type::String, sorted))
}
