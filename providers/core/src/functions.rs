//! `encode_expr`, `encode_tfvars` and `decode_tfvars`.

use groma_diag::{Diagnostic, Diagnostics, SourceMap};
use groma_lang::eval::{NoScope, evaluate};
use groma_lang::syntax::{is_identifier, parse_file, write_arguments, write_value};
use groma_provider_api::native::{CallResult, Function};
use groma_provider_api::{FunctionParameter, FunctionSignature};
use groma_value::{Str, Type, Value};

fn signature(
    summary: &str,
    description: &str,
    parameter: (&str, Type, bool),
    return_type: Type,
) -> FunctionSignature {
    let (name, ty, allow_unknown) = parameter;
    let parameter = FunctionParameter {
        name: name.to_owned(),
        ty,
        allow_null: false,
        allow_unknown,
        description: String::new(),
    };
    FunctionSignature {
        summary: summary.to_owned(),
        description: description.to_owned(),
        parameters: vec![parameter],
        variadic: None,
        return_type,
        deprecation: None,
    }
}

/// The argument, of which there is always one.
fn only(args: &[Value]) -> Result<&Value, (Option<usize>, String)> {
    args.first().ok_or_else(|| (None, "exactly one argument is required".to_owned()))
}

fn too_deep() -> (Option<usize>, String) {
    (Some(0), "the value is nested deeper than an expression can be".to_owned())
}

/// `encode_expr`
pub(crate) struct EncodeExpr;

impl Function for EncodeExpr {
    fn name(&self) -> &'static str {
        "encode_expr"
    }

    fn signature(&self) -> FunctionSignature {
        signature(
            "Writes any value as an expression",
            "Writes any value as the text of an expression that gives about the same value.",
            ("value", Type::Dynamic, true),
            Type::String,
        )
    }

    fn call(&self, args: &[Value]) -> CallResult {
        let value = only(args)?;
        if value.is_wholly_known() {
            return write_value(value).map(Value::string).ok_or_else(too_deep);
        }
        // What the text starts with follows from the type, if the value is not null.
        let text = Value::unknown(Type::String).refine_not_null();
        let prefix = match value.ty() {
            _ if !value.is_definitely_not_null() => return Ok(text),
            Type::Object(_) | Type::Map(_) => "{",
            Type::Tuple(_) | Type::List(_) | Type::Set(_) => "[",
            Type::String => "\"",
            Type::Dynamic | Type::Bool | Type::Number => return Ok(text),
        };
        Ok(text.refine().full_prefix(prefix).done())
    }
}

/// `encode_tfvars`
pub(crate) struct EncodeTfvars;

impl Function for EncodeTfvars {
    fn name(&self) -> &'static str {
        "encode_tfvars"
    }

    fn signature(&self) -> FunctionSignature {
        signature(
            "Writes an object as a `.tfvars` file",
            "Writes an object as the text of a `.tfvars` file with a line for each attribute.",
            ("value", Type::Dynamic, false),
            Type::String,
        )
    }

    fn call(&self, args: &[Value]) -> CallResult {
        let value = only(args)?;
        if !value.is_wholly_known() {
            return Ok(Value::unknown(Type::String).refine_not_null());
        }
        let fields = value.as_fields().ok_or_else(|| {
            let problem = "invalid value to encode: must be an object whose attribute names will \
                           become the encoded variable names";
            (None, problem.to_owned())
        })?;
        if let Some((name, _)) = fields.iter().find(|(name, _)| !is_identifier(name)) {
            let name = name.as_str();
            let problem = format!(
                "invalid variable name {name:?}: must be a valid identifier, per Terraform's rules \
                 for input variable declarations"
            );
            return Err((None, problem));
        }
        let arguments = fields.iter().map(|(name, value)| (name.as_str(), value));
        write_arguments(arguments).map(Value::string).ok_or_else(too_deep)
    }
}

/// `decode_tfvars`
pub(crate) struct DecodeTfvars;

impl Function for DecodeTfvars {
    fn name(&self) -> &'static str {
        "decode_tfvars"
    }

    fn signature(&self) -> FunctionSignature {
        signature(
            "Reads the text of a `.tfvars` file",
            "Reads the text of a `.tfvars` file, and gives an object of the values that it sets.",
            ("src", Type::String, false),
            Type::Dynamic,
        )
    }

    fn call(&self, args: &[Value]) -> CallResult {
        const ARGUMENT: &str = "<decode_tfvars argument>";
        let text = only(args)?.as_str().map_or("", Str::as_str);
        let sources = SourceMap::new();
        let file = sources.add(ARGUMENT, text.as_bytes());
        let failed = |what: &str, diagnostics: &Diagnostics| {
            (None, format!("{what}: {}", in_one_line(&sources, diagnostics)))
        };
        let (body, diagnostics) = parse_file(file, ARGUMENT, text.as_bytes().into());
        if diagnostics.has_errors() {
            return Err(failed("invalid tfvars syntax", &diagnostics));
        }
        let (attributes, diagnostics) = body.just_attributes();
        if diagnostics.has_errors() {
            return Err(failed("invalid tfvars content", &diagnostics));
        }
        let mut values = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            let (value, diagnostics) = evaluate(&attribute.expr, &NoScope);
            if diagnostics.has_errors() {
                let what = format!("invalid expression for variable {:?}", attribute.name.as_str());
                return Err(failed(&what, &diagnostics));
            }
            values.push((attribute.name, value));
        }
        Ok(Value::object(values))
    }
}

/// The first error with its place, and how many more there are.
fn in_one_line(sources: &SourceMap, diagnostics: &Diagnostics) -> String {
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|one| one.is_error()).collect();
    let Some(first) = errors.first() else { return "no diagnostics".to_owned() };
    let place = first.subject.and_then(|span| Some((span, sources.get(span.file)?)));
    let place = place.map_or_else(String::new, |(span, file)| {
        let (start, end) = (file.position(span.start), file.position(span.end));
        let line = if start.line == end.line { String::new() } else { format!("{},", end.line) };
        format!("{}:{},{}-{line}{}: ", file.path(), start.line, start.column, end.column)
    });
    let more = match errors.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} other diagnostic(s)"),
    };
    format!("{place}{}; {}{more}", first.summary, first.detail)
}

#[cfg(test)]
mod tests;
