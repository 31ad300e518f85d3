//! Values of the root module's input variables: from the environment, from files and from the
//! command line.
//!
//! A later source wins over an earlier one: the environment, `terraform.tfvars`,
//! `terraform.tfvars.json`, `*.auto.tfvars` and `*.auto.tfvars.json` in the order of their names,
//! then `-var` and `-var-file` as they were given. Only the value that wins is evaluated.

mod undeclared;

use std::collections::BTreeMap;

use groma_addr::Ident;
use groma_diag::{Diagnostic, Diagnostics, SourceMap, Span};
use groma_lang::eval::{NoScope, evaluate};
use groma_lang::syntax::{BodySchema, Expr, parse_expression, parse_file, parse_json_file};
use groma_value::Value;

use crate::model::Module;
use crate::source::{EntryKind, Source, SourceError, path};

/// A value given to an input variable, before conversion to its type.
#[derive(Clone, Debug)]
pub struct InputValue {
    /// The value.
    pub value: Value,
    /// Who gave it.
    pub source: InputSource,
}

/// Who gave an input variable its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputSource {
    /// `TF_VAR_name`
    Environment,
    /// `-var`
    Argument,
    /// A tfvars file that is read unasked, and where the value is in it.
    File(Span),
    /// A file of `-var-file`, and where the value is in it.
    NamedFile(Span),
}

/// A `-var` or `-var-file` argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputArg {
    /// `name=value`, as written.
    Value(String),
    /// The path of a file.
    File(String),
}

/// Where values may come from.
#[derive(Clone, Copy)]
pub struct InputSources<'a> {
    /// Where `terraform.tfvars` and `*.auto.tfvars` are.
    pub config: &'a dyn Source,
    /// Where the files of `-var-file` are.
    pub files: &'a dyn Source,
    /// The `TF_VAR_` variables of the environment, without the prefix.
    pub environment: &'a BTreeMap<String, String>,
    /// `-var` and `-var-file`, in order.
    pub args: &'a [InputArg],
}

/// A value that has not been read yet.
enum Raw {
    Text { text: String, source: InputSource },
    Expr { expr: Expr, file: String, named: bool },
}

/// Collects the values of the variables of `root`. What is required and not given is not said
/// here: the caller may ask a person for it.
pub fn collect_inputs(
    root: &Module,
    from: InputSources<'_>,
    sources: &SourceMap,
) -> (BTreeMap<Ident, InputValue>, Diagnostics) {
    let mut collector = Collector { sources, diags: Diagnostics::new(), raw: BTreeMap::new() };
    for (name, text) in from.environment {
        let raw = Raw::Text { text: text.clone(), source: InputSource::Environment };
        collector.raw.insert(name.as_str().into(), raw);
    }
    for file in automatic_files(from.config) {
        collector.file(from.config, &file, false);
    }
    for arg in from.args {
        match arg {
            InputArg::Value(text) => collector.argument(text),
            InputArg::File(file) => collector.file(from.files, file, true),
        }
    }
    let Collector { mut diags, raw, .. } = collector;
    let mut values = BTreeMap::new();
    let mut undeclared = undeclared::Undeclared::default();
    for (name, raw) in raw {
        let declared = root.variables.get(&name);
        let as_expression = declared.is_some_and(|variable| variable.parse_as_expression);
        let value = read(&name, &raw, as_expression, sources, &mut diags);
        if declared.is_none() {
            undeclared.note(&name, &raw, &mut diags);
        } else if let Some(value) = value {
            values.insert(name, value);
        }
    }
    undeclared.summarize(&mut diags);
    (values, diags)
}

/// The files that are read unasked, in order.
fn automatic_files(source: &dyn Source) -> Vec<String> {
    // A directory that cannot be listed has been complained of by whoever read its modules.
    let entries = source.list(".").unwrap_or_default();
    let files = || {
        let files = entries.iter().filter(|entry| entry.kind != EntryKind::Dir);
        files.map(|entry| entry.name.clone())
    };
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"];
    let automatic = files()
        .filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"));
    let fixed = fixed.iter().filter(|name| files().any(|file| file == **name));
    fixed.map(|name| (*name).to_owned()).chain(automatic).collect()
}

struct Collector<'a> {
    sources: &'a SourceMap,
    diags: Diagnostics,
    raw: BTreeMap<Ident, Raw>,
}

impl Collector<'_> {
    fn argument(&mut self, text: &str) {
        let summary = "Invalid -var option";
        let Some((name, value)) = text.split_once('=') else {
            let detail = format!(
                "The given -var option {text:?} is not correctly specified. Must be a variable \
                 name and value separated by an equals sign, like -var=\"key=value\"."
            );
            self.diags.push(Diagnostic::error(summary, detail));
            return;
        };
        if name.ends_with(' ') {
            let detail = format!(
                "Variable name {name:?} is invalid due to trailing space. Did you mean \
                 -var=\"{}={}\"?",
                name.trim_end(),
                value.trim_start()
            );
            self.diags.push(Diagnostic::error(summary, detail));
            return;
        }
        let raw = Raw::Text { text: value.to_owned(), source: InputSource::Argument };
        self.raw.insert(name.into(), raw);
    }

    fn file(&mut self, source: &dyn Source, file: &str, named: bool) {
        let bytes = match source.read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                let detail = match error {
                    SourceError::NotFound(_) => {
                        format!("Given variables file {file} does not exist.")
                    }
                    error => format!("Error while reading {file}: {error}."),
                };
                self.diags.push(Diagnostic::error("Failed to read variables file", detail));
                return;
            }
        };
        let path = path::clean(file);
        let id = self.sources.add(path.clone(), std::sync::Arc::clone(&bytes));
        let is_json = file.strip_suffix(".json").is_some();
        let (body, diags) =
            if is_json { parse_json_file(id, bytes) } else { parse_file(id, &path, bytes) };
        let broken = diags.has_errors();
        self.diags.extend(diags);
        if !is_json && self.declarations(&body, file) {
            return;
        }
        let (attributes, diags) = body.just_attributes();
        if !broken {
            self.diags.extend(diags);
        }
        for attribute in attributes {
            let raw = Raw::Expr { expr: attribute.expr, file: file.to_owned(), named };
            self.raw.insert(attribute.name.into(), raw);
        }
    }

    /// Complains of `variable` blocks, which are easily taken for values.
    fn declarations(&mut self, body: &groma_lang::syntax::Body, file: &str) -> bool {
        let schema = BodySchema::new().block("variable", &["name"]);
        let (content, _, _) = body.partial_content(&schema);
        for block in &content.blocks {
            let Some(label) = block.labels.first() else { continue };
            let name = &label.text;
            let detail = format!(
                "A .tfvars file is used to assign values to variables that have already been \
                 declared in .tf files, not to declare new variables. To declare variable \
                 {:?}, place this block in one of your .tf files, such as variables.tf.\n\nTo set \
                 a value for this variable in {file}, use the definition syntax instead:\n    \
                 {name} = <value>",
                name.as_str()
            );
            let summary = "Variable declaration in .tfvars file";
            self.diags.push(Diagnostic::error(summary, detail).at(block.ty_span));
        }
        !content.blocks.is_empty()
    }
}

/// Reads a value; `None` if it cannot be read, which is then said.
fn read(
    name: &Ident,
    raw: &Raw,
    as_expression: bool,
    sources: &SourceMap,
    diags: &mut Diagnostics,
) -> Option<InputValue> {
    let (expr, source) = match raw {
        Raw::Text { text, source } if !as_expression => {
            return Some(InputValue { value: Value::string(text.as_str()), source: *source });
        }
        Raw::Text { text, source } => (parse_value(name, text, sources, diags)?, *source),
        Raw::Expr { expr, named: false, .. } => (expr.clone(), InputSource::File(expr.span())),
        Raw::Expr { expr, named: true, .. } => (expr.clone(), InputSource::NamedFile(expr.span())),
    };
    let (value, found) = evaluate(&expr, &NoScope);
    let failed = found.has_errors();
    diags.extend(found);
    (!failed).then_some(InputValue { value, source })
}

/// The expression that a text given for a variable of a complex type is.
pub fn parse_value(
    name: &str,
    text: &str,
    sources: &SourceMap,
    diags: &mut Diagnostics,
) -> Option<Expr> {
    let bytes: std::sync::Arc<[u8]> = text.as_bytes().into();
    let id = sources.add(format!("<value for var.{name}>"), std::sync::Arc::clone(&bytes));
    let (expr, found) = parse_expression(id, bytes);
    let failed = found.has_errors();
    diags.extend(found);
    (!failed).then_some(expr)
}

/// The value that a person typed in for a variable.
pub fn read_input(
    variable: &crate::model::Variable,
    text: &str,
    sources: &SourceMap,
) -> (Option<Value>, Diagnostics) {
    let mut diags = Diagnostics::new();
    let raw = Raw::Text { text: text.to_owned(), source: InputSource::Argument };
    let value = read(&variable.name, &raw, variable.parse_as_expression, sources, &mut diags);
    (value.map(|value| value.value), diags)
}

#[cfg(test)]
mod tests;
