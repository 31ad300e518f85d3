//! `csvdecode`: RFC 4180 as Go's `encoding/csv` reads it. Empty lines do not count, a line break
//! within quotes is a line feed however it is written, and all lines have as many fields.

use groma_value::{Str, Type, Value};

use crate::functions::{Call, FunctionError, returns};

/// A list of an object type with the names in the first line.
pub(super) fn ty(args: &[Value]) -> returns::Result {
    let Some(text) = args.first().and_then(Value::as_str) else { return Ok(Type::Dynamic) };
    let header = Reader::new(text).next().transpose()?;
    let header = header.ok_or_else(|| FunctionError::new("missing header line"))?;
    let mut names: Vec<Str> = Vec::with_capacity(header.fields.len());
    for name in header.fields {
        let name = Str::from(name);
        if names.contains(&name) {
            return Err(FunctionError::new(format!("duplicate column name {:?}", name.as_str())));
        }
        names.push(name);
    }
    Ok(Type::list(Type::object(names.into_iter().map(|name| (name, Type::String)))))
}

/// An object for each line after the first.
pub(super) fn decode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let mut reader = Reader::new(call.text(0)?);
    let header = reader.next().transpose()?;
    let names: Vec<Str> =
        header.map_or_else(Vec::new, |header| header.fields).into_iter().map(Str::from).collect();
    let mut rows = Vec::new();
    for record in reader {
        let record = record?;
        if record.fields.len() != names.len() {
            return Err(error(record.line, "wrong number of fields"));
        }
        let fields = record.fields.into_iter().map(Value::string);
        rows.push(Value::object_of(names.iter().cloned().zip(fields)));
    }
    let elem = call.ty.element().cloned().unwrap_or(Type::Dynamic);
    Ok(Value::list(elem, rows))
}

fn error(line: usize, what: &str) -> FunctionError {
    FunctionError::new(format!("CSV parse error on line {line}: {what}"))
}

const QUOTE: &str = "extraneous or missing \" in quoted-field";

struct Record {
    /// Where it starts, from 1.
    line: usize,
    fields: Vec<String>,
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    const fn new(text: &'a str) -> Self {
        Self { rest: text, line: 0 }
    }

    /// The next line, ending in a line feed unless the text does not; a carriage return before
    /// that, or at the end of the text, is gone.
    fn take_line(&mut self) -> Option<(&'a str, bool)> {
        if self.rest.is_empty() {
            return None;
        }
        self.line += 1;
        let (line, rest, ended) = match self.rest.find('\n') {
            Some(at) => (&self.rest[..at], &self.rest[at + 1..], true),
            None => (self.rest, "", false),
        };
        self.rest = rest;
        Some((line.strip_suffix('\r').unwrap_or(line), ended))
    }

    fn record(&mut self, mut line: &'a str, mut ended: bool) -> Result<Record, FunctionError> {
        let start = self.line;
        let mut fields = Vec::new();
        'fields: loop {
            let Some(mut quoted) = line.strip_prefix('"') else {
                let (field, after) = match line.split_once(',') {
                    Some((field, after)) => (field, Some(after)),
                    None => (line, None),
                };
                if field.contains('"') {
                    return Err(error(self.line, "bare \" in non-quoted-field"));
                }
                fields.push(field.to_owned());
                match after {
                    Some(after) => line = after,
                    None => break 'fields,
                }
                continue;
            };
            let mut field = String::new();
            loop {
                let Some(at) = quoted.find('"') else {
                    field.push_str(quoted);
                    if ended {
                        field.push('\n');
                    }
                    match self.take_line() {
                        Some(next) => (quoted, ended) = next,
                        None => return Err(error(self.line, QUOTE)),
                    }
                    continue;
                };
                field.push_str(&quoted[..at]);
                quoted = &quoted[at + 1..];
                if let Some(after) = quoted.strip_prefix('"') {
                    field.push('"');
                    quoted = after;
                } else if let Some(after) = quoted.strip_prefix(',') {
                    fields.push(field);
                    line = after;
                    continue 'fields;
                } else if quoted.is_empty() {
                    fields.push(field);
                    break 'fields;
                } else {
                    return Err(error(self.line, QUOTE));
                }
            }
        }
        Ok(Record { line: start, fields })
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Record, FunctionError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (line, ended) = self.take_line()?;
            // A line of the end of the text alone still is one.
            if !line.is_empty() || !ended && !line.is_empty() {
                return Some(self.record(line, ended));
            }
        }
    }
}
