//! Text: case, trimming, searching, splitting and joining.
//!
//! What users see as characters are grapheme clusters; case follows Unicode's simple mappings, one
//! character to one, as Go's `strings` does.

mod case;
mod cluster;

use groma_value::{Type, Value, View};

pub(super) use cluster::{characters, count as character_count};

use super::{Call, Function, FunctionError, Parameter, returns};

const STR: Parameter = Parameter::string("str");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "chomp",
        "Removes all line endings from the end of a string.",
        &[STR],
        returns::string,
        |call| Ok(Value::string(call.text(0)?.trim_end_matches(['\r', '\n']))),
    ),
    Function::new(
        "endswith",
        "Whether a string ends with another.",
        &[STR, Parameter::string("suffix")],
        returns::bool,
        |call| Ok(Value::bool(call.text(0)?.ends_with(call.text(1)?.as_str()))),
    ),
    Function::new(
        "indent",
        "Puts spaces before every line of a string but the first.",
        &[
            Parameter::number("spaces").described("How many spaces."),
            STR.described("The lines to indent."),
        ],
        returns::string,
        indent,
    ),
    Function::new(
        "join",
        "Puts the strings of one or more lists together, with a separator between them.",
        &[Parameter::string("separator").described("What comes between two strings.")],
        returns::string,
        join,
    )
    .variadic(Parameter::strings("lists").described("The strings.").unknown()),
    Function::new(
        "lower",
        "Turns every letter into lower case.",
        &[STR.dynamic()],
        returns::string,
        |call| Ok(Value::string(case::lower(call.text(0)?))),
    ),
    Function::new(
        "split",
        "Cuts a string at each occurrence of a separator.",
        &[Parameter::string("separator"), STR],
        returns::strings,
        split,
    ),
    Function::new(
        "startswith",
        "Whether a string starts with another.",
        &[STR.unknown(), Parameter::string("prefix")],
        returns::bool,
        starts_with,
    ),
    Function::new(
        "strcontains",
        "Whether a string contains another.",
        &[STR, Parameter::string("substr")],
        returns::bool,
        |call| Ok(Value::bool(call.text(0)?.contains(call.text(1)?.as_str()))),
    ),
    Function::new(
        "strrev",
        "Puts the characters of a string in reverse order.",
        &[STR.dynamic()],
        returns::string,
        |call| Ok(Value::string(characters(call.text(0)?).rev().collect::<String>())),
    ),
    Function::new(
        "substr",
        "Takes a part of a string, by characters.",
        &[
            STR.described("The string to take from.").dynamic(),
            Parameter::number("offset")
                .described("The first character to take, from 0; negative counts from the end.")
                .dynamic(),
            Parameter::number("length")
                .described("How many characters to take; -1 takes all that follow.")
                .dynamic(),
        ],
        returns::string,
        substr,
    ),
    Function::new(
        "title",
        "Turns the first letter of every word into upper case.",
        &[STR],
        returns::string,
        |call| Ok(Value::string(case::title(call.text(0)?))),
    ),
    Function::new(
        "trim",
        "Removes all of the given characters from the start and the end of a string.",
        &[
            STR.described("The string to trim."),
            Parameter::string("cutset").described("The characters to remove, in any order."),
        ],
        returns::string,
        |call| {
            let cutset = call.text(1)?;
            Ok(Value::string(call.text(0)?.trim_matches(|c| cutset.contains(c))))
        },
    ),
    Function::new(
        "trimprefix",
        "Removes a prefix from a string, if it is there.",
        &[
            STR.described("The string to trim."),
            Parameter::string("prefix").described("The prefix to remove."),
        ],
        returns::string,
        |call| {
            let text = call.text(0)?.as_str();
            Ok(Value::string(text.strip_prefix(call.text(1)?.as_str()).unwrap_or(text)))
        },
    ),
    Function::new(
        "trimspace",
        "Removes white space from the start and the end of a string.",
        &[STR.described("The string to trim.")],
        returns::string,
        |call| Ok(Value::string(call.text(0)?.trim())),
    ),
    Function::new(
        "trimsuffix",
        "Removes a suffix from a string, if it is there.",
        &[
            STR.described("The string to trim."),
            Parameter::string("suffix").described("The suffix to remove."),
        ],
        returns::string,
        |call| {
            let text = call.text(0)?.as_str();
            Ok(Value::string(text.strip_suffix(call.text(1)?.as_str()).unwrap_or(text)))
        },
    ),
    Function::new(
        "upper",
        "Turns every letter into upper case.",
        &[STR.dynamic()],
        returns::string,
        |call| Ok(Value::string(case::upper(call.text(0)?))),
    ),
];

/// The longest string that `indent` makes.
const LONGEST: usize = 1 << 30;

fn indent(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (spaces, text) = (call.integer(0)?, call.text(1)?);
    let Ok(spaces) = usize::try_from(spaces) else {
        return Err(FunctionError::argument(0, "the number of spaces must not be negative"));
    };
    let lines = text.matches('\n').count();
    if lines == 0 {
        return Ok(Value::string(text.clone()));
    }
    if spaces.saturating_mul(lines) > LONGEST {
        return Err(FunctionError::argument(0, "the result would be too long"));
    }
    Ok(Value::string(text.replace('\n', &format!("\n{}", " ".repeat(spaces)))))
}

fn join(call: &Call<'_>) -> Result<Value, FunctionError> {
    let separator = call.text(0)?;
    let lists = call.args.get(1..).unwrap_or_default();
    if lists.is_empty() {
        return Err(FunctionError::new("at least one list is required"));
    }
    if !lists.iter().all(Value::is_wholly_known) {
        return call.unknown();
    }
    let mut items = Vec::new();
    for at in 1..=lists.len() {
        for (index, item) in call.items(at)?.iter().enumerate() {
            let Some(text) = item.as_str() else {
                let which = if lists.len() > 1 { format!(" of list {at}") } else { String::new() };
                return Err(FunctionError::argument(
                    at,
                    format!("element {index}{which} is null; cannot concatenate null values"),
                ));
            };
            items.push(text.as_str());
        }
    }
    Ok(Value::string(items.join(separator.as_str())))
}

fn split(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (separator, text) = (call.text(0)?.as_str(), call.text(1)?.as_str());
    let parts: Vec<Value> = if separator.is_empty() {
        text.chars().map(|c| Value::string(c.to_string())).collect()
    } else {
        text.split(separator).map(Value::from).collect()
    };
    Ok(Value::list(Type::String, parts))
}

/// Of an unknown string the prefix may be known, which can be enough.
fn starts_with(call: &Call<'_>) -> Result<Value, FunctionError> {
    let prefix = call.text(1)?.as_str();
    let View::Unknown(known) = call.value(0)?.view() else {
        return Ok(Value::bool(call.text(0)?.starts_with(prefix)));
    };
    let known = known.prefix.as_ref().map_or("", |known| known.as_str());
    if known.starts_with(prefix) {
        return Ok(Value::bool(true));
    }
    if !known.is_empty() && known.len() >= prefix.len() {
        return Ok(Value::bool(false));
    }
    call.unknown()
}

fn substr(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (text, mut offset, length) = (call.text(0)?.as_str(), call.integer(1)?, call.integer(2)?);
    if offset < 0 {
        offset = offset.saturating_add_unsigned(character_count(text) as u64);
    } else if length == 0 {
        return Ok(Value::string(""));
    }
    let offset = usize::try_from(offset).unwrap_or(0);
    let rest = &text[characters(text).take(offset).map(str::len).sum::<usize>()..];
    // From the end, a length of 0 takes all, as in Terraform.
    let taken = match usize::try_from(length) {
        Ok(length) if length > 0 => {
            &rest[..characters(rest).take(length).map(str::len).sum::<usize>()]
        }
        _ => rest,
    };
    Ok(Value::string(taken))
}
