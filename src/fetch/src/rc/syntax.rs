//! The syntax of CLI configuration files: HCL 1, the language before Terraform's own, or JSON.
//!
//! It allows what today's language does not and what people have in these files: names in quotes
//! (`"acme/x" = "…"`), several items on a line, commas between them. What Terraform's reader makes
//! of interpolations and heredocs has no use here, so the former are plain text and the latter are
//! refused.

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

/// Objects deeper than this are nobody's.
const MAX_DEPTH: usize = 50;

/// A line and a column, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At(pub usize, pub usize);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0, self.1)
    }
}

/// `KEY = VALUE`, or `KEY "LABEL" { … }`
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub name: String,
    pub labels: Vec<String>,
    /// Whether there is an equals sign.
    pub assigned: bool,
    pub value: Value,
    pub at: At,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Bool(bool),
    List(Vec<Value>),
    Object(Vec<Item>),
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("At {at}: {problem}")]
pub(super) struct SyntaxError {
    at: At,
    problem: String,
}

/// The items of a file.
pub(super) fn parse(text: &str) -> Result<Vec<Item>, SyntaxError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        return json(text);
    }
    let mut parser = Parser { rest: text.chars().peekable(), at: At(1, 1) };
    parser.items(None, 0)
}

/// JSON for the same: a list of objects stands for as many blocks.
fn json(text: &str) -> Result<Vec<Item>, SyntaxError> {
    use serde_json::Value as Json;
    fn value(json: &Json) -> Value {
        match json {
            Json::Bool(flag) => Value::Bool(*flag),
            Json::String(text) => Value::Text(text.clone()),
            Json::Null | Json::Number(_) => Value::Text(json.to_string()),
            Json::Array(list) => Value::List(list.iter().map(value).collect()),
            Json::Object(object) => Value::Object(items(object)),
        }
    }
    fn items(object: &serde_json::Map<String, Json>) -> Vec<Item> {
        let item = |key: &String, json: &Json| Item {
            name: key.clone(),
            labels: Vec::new(),
            assigned: !json.is_object(),
            value: value(json),
            at: At(1, 1),
        };
        let each = |(key, json): (&String, &Json)| match json {
            Json::Array(list) if !list.is_empty() && list.iter().all(Json::is_object) => {
                list.iter().map(|json| item(key, json)).collect()
            }
            json => vec![item(key, json)],
        };
        object.iter().flat_map(each).collect()
    }
    serde_json::from_str(text).map(|object| items(&object)).map_err(|error| SyntaxError {
        at: At(error.line(), error.column()),
        problem: error.to_string(),
    })
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    at: At,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        self.at = if c == '\n' { At(self.at.0 + 1, 1) } else { At(self.at.0, self.at.1 + 1) };
        Some(c)
    }

    fn error<T>(&self, problem: impl Into<String>) -> Result<T, SyntaxError> {
        Err(SyntaxError { at: self.at, problem: problem.into() })
    }

    /// The next character that means something; not taken.
    fn peek(&mut self) -> Result<Option<char>, SyntaxError> {
        loop {
            match self.rest.peek() {
                Some(c) if c.is_whitespace() => {
                    self.next();
                }
                Some('#') => self.line(),
                Some('/') => {
                    self.next();
                    match self.rest.peek() {
                        Some('/') => self.line(),
                        Some('*') => self.comment()?,
                        _ => return self.error("illegal character"),
                    }
                }
                other => return Ok(other.copied()),
            }
        }
    }

    fn line(&mut self) {
        while self.next().is_some_and(|c| c != '\n') {}
    }

    /// The rest of a comment, from its star.
    fn comment(&mut self) -> Result<(), SyntaxError> {
        self.next();
        let mut before = ' ';
        loop {
            match self.next() {
                Some('/') if before == '*' => return Ok(()),
                Some(c) => before = c,
                None => return self.error("comment not terminated"),
            }
        }
    }

    /// Items up to `end`, which is taken, or up to the end of the file.
    fn items(&mut self, end: Option<char>, depth: usize) -> Result<Vec<Item>, SyntaxError> {
        if depth > MAX_DEPTH {
            return self.error("nested too deep");
        }
        let mut items = Vec::new();
        loop {
            match self.peek()? {
                c if c == end => {
                    self.next();
                    return Ok(items);
                }
                Some(',') => {
                    self.next();
                }
                None => return self.error("object expected closing RBRACE got: EOF"),
                Some(_) => items.push(self.item(depth)?),
            }
        }
    }

    fn item(&mut self, depth: usize) -> Result<Item, SyntaxError> {
        let at = self.at;
        let Some(name) = self.key()? else {
            return self.error("key expected: a name, then an equals sign or a brace");
        };
        let mut labels = Vec::new();
        while let Some(label) = self.key()? {
            labels.push(label);
        }
        match self.peek()? {
            Some('=') if labels.is_empty() => {
                self.next();
                let value = self.value(depth)?;
                Ok(Item { name, labels, assigned: true, value, at })
            }
            Some('{') => {
                self.next();
                let value = Value::Object(self.items(Some('}'), depth + 1)?);
                Ok(Item { name, labels, assigned: false, value, at })
            }
            _ => self.error("an equals sign or a brace is missing"),
        }
    }

    /// A name or a label, if there is one.
    fn key(&mut self) -> Result<Option<String>, SyntaxError> {
        Ok(match self.peek()? {
            Some('"') => Some(self.string()?),
            Some(c) if c.is_alphabetic() || c == '_' => Some(self.word()),
            _ => None,
        })
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        let fits = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        while let Some(c) = self.rest.peek().copied().filter(fits) {
            word.push(c);
            self.next();
        }
        word
    }

    fn value(&mut self, depth: usize) -> Result<Value, SyntaxError> {
        if depth > MAX_DEPTH {
            return self.error("nested too deep");
        }
        match self.peek()? {
            Some('"') => self.string().map(Value::Text),
            Some('{') => {
                self.next();
                self.items(Some('}'), depth + 1).map(Value::Object)
            }
            Some('[') => {
                self.next();
                self.list(depth + 1).map(Value::List)
            }
            Some('<') => self.error("heredocs are not supported in CLI configuration files"),
            Some(c) if c.is_alphanumeric() || c == '-' => match &*self.word_or_number() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                word if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                    Ok(Value::Text(word.to_owned()))
                }
                word => self.error(format!("unknown value {word:?}")),
            },
            _ => self.error("a value is missing"),
        }
    }

    fn word_or_number(&mut self) -> String {
        let mut word = String::new();
        if self.rest.peek() == Some(&'-') {
            word.push('-');
            self.next();
        }
        word + &self.word()
    }

    /// The rest of a list, from after its bracket.
    fn list(&mut self, depth: usize) -> Result<Vec<Value>, SyntaxError> {
        let mut values = Vec::new();
        loop {
            match self.peek()? {
                Some(']') => {
                    self.next();
                    return Ok(values);
                }
                Some(_) => values.push(self.value(depth)?),
                None => return self.error("list not terminated"),
            }
            match self.peek()? {
                Some(',') => {
                    self.next();
                }
                Some(']') => {}
                _ => return self.error("error parsing list, expected comma or list end"),
            }
        }
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape()?),
                None | Some('\n') => return self.error("literal not terminated"),
                Some(c) => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        let digits = match self.next() {
            Some('n') => return Ok('\n'),
            Some('r') => return Ok('\r'),
            Some('t') => return Ok('\t'),
            Some(c @ ('"' | '\\')) => return Ok(c),
            Some('u') => 4,
            Some('U') => 8,
            _ => return self.error("illegal char escape"),
        };
        let mut code = 0;
        for _ in 0..digits {
            let digit = self.next().and_then(|c| c.to_digit(16));
            match digit {
                Some(digit) => code = code * 16 + u64::from(digit),
                None => return self.error("illegal char escape"),
            }
        }
        match u32::try_from(code).ok().and_then(char::from_u32) {
            Some(c) => Ok(c),
            None => self.error("illegal char escape"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_people_write() {
        let text = "# a\n/* b */ x = 1, y = [\"a\", \"b\",] // c\n\"acme/x\" = \"/p\\u0041\"\nd { e {} f \"g\" { h = true } }";
        let items = parse(text).expect("items");
        let names: Vec<_> = items.iter().map(|item| &*item.name).collect();
        assert_eq!(names, ["x", "y", "acme/x", "d"]);
        assert_eq!(items[2].value, Value::Text("/pA".into()));
        assert_eq!(items[2].at, At(3, 1));
        let Value::Object(inner) = &items[3].value else { panic!("{items:?}") };
        assert_eq!((&*inner[1].name, &inner[1].labels[..]), ("f", &["g".to_owned()][..]));
    }

    #[test]
    fn takes_json() {
        let text = r#"{"provider_installation": [{"direct": [{}, {"include": ["a/b"]}]}]}"#;
        let items = parse(text).expect("items");
        let Value::Object(inner) = &items[0].value else { panic!("{items:?}") };
        assert_eq!((inner.len(), inner[1].assigned), (2, false));
    }

    #[track_caller]
    fn check_error(text: &str, expected: &str) {
        assert_eq!(parse(text).expect_err("an error").to_string(), expected);
    }

    #[test]
    fn says_where_it_is_wrong() {
        check_error("a = ", "At 1:5: a value is missing");
        check_error("a {\n", "At 2:1: object expected closing RBRACE got: EOF");
        check_error("a = \"b\n", "At 2:1: literal not terminated");
        check_error("a = [1 2]", "At 1:8: error parsing list, expected comma or list end");
        check_error("= 1", "At 1:1: key expected: a name, then an equals sign or a brace");
        check_error("/* a", "At 1:5: comment not terminated");
        check_error(&"a {".repeat(100), "At 1:154: nested too deep");
    }
}
