//! JSON syntax: a JSON parser of our own, since messages need spans and spans need bytes.
//!
//! It makes the same nodes as native syntax, plus strings and objects of its own kind. A string
//! with `${` or `%{` in it is parsed as a template at once, into a tree of its own; what is wrong
//! with that template matters only to whoever evaluates it, since many strings never are.

mod scan;
mod text;

use std::sync::Arc;

use groma_diag::{Diagnostic, Diagnostics, FileId};

use self::scan::{Kind, Scanner, Token};
use super::node::{JsonStringNode, Node, Range, Run};
use super::parse::{is_representable, parse_template_tree};
use super::tree::{ExprId, Tree};
use super::{Body, MAX_ERRORS, MAX_HEIGHT, name_suggestion};

const STARTS: &str =
    "A JSON value must start with a brace, a bracket, a number, a string, or a keyword.";

/// Parses a file of JSON syntax.
pub fn parse_json_file(file: FileId, text: Arc<[u8]>) -> (Body, Diagnostics) {
    let bytes = Arc::clone(&text);
    let tree = Tree::new(file, text, 0);
    let scanner = Scanner::new(&bytes);
    let diagnostics = Diagnostics::new();
    let mut parser = Parser { scanner, ahead: None, tree, depth: 0, too_deep: false, diagnostics };
    let root = parser.value();
    let next = parser.peek();
    if parser.diagnostics.is_empty() && next.kind != Kind::Eof {
        let detail = "Extra characters appear after the JSON value.";
        parser.error("Extraneous data after value", detail, next.range);
    }
    if !matches!(parser.tree.node(root), Node::JsonObject(_) | Node::Tuple(_) | Node::Invalid) {
        let detail = "The root value in a JSON-based configuration must be either a JSON object \
                      or a JSON array of objects.";
        let range = parser.tree.range(root);
        parser.error("Root value must be object", detail, range);
    }
    (Body::json(Arc::new(parser.tree), root), parser.diagnostics)
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    ahead: Option<Token>,
    tree: Tree,
    depth: u16,
    /// What is around a value that is too deep is not told apart any more.
    too_deep: bool,
    diagnostics: Diagnostics,
}

impl Parser<'_> {
    fn peek(&mut self) -> Token {
        let token = self.ahead.take().unwrap_or_else(|| self.scanner.next_token());
        self.ahead = Some(token);
        token
    }

    fn read(&mut self) -> Token {
        self.ahead.take().unwrap_or_else(|| self.scanner.next_token())
    }

    fn error(&mut self, summary: &str, detail: impl Into<String>, subject: Range) {
        let span = self.tree.span(subject);
        self.report(Diagnostic::error(summary, detail).at(span));
    }

    fn report(&mut self, error: Diagnostic) {
        if !self.too_deep && self.diagnostics.len() < MAX_ERRORS {
            self.diagnostics.push(error);
        }
    }

    fn push(&mut self, node: Node, range: Range) -> ExprId {
        self.tree.nodes.push(node);
        self.tree.ranges.push(range);
        ExprId(self.tree.nodes.len() as u32 - 1)
    }

    fn value(&mut self) -> ExprId {
        let token = self.peek();
        let (summary, detail) = match token.kind {
            Kind::OBrace | Kind::OBrack => return self.container(token),
            Kind::Number => return self.number(),
            Kind::String => return self.string(),
            Kind::Keyword => return self.keyword(),
            Kind::CBrace => ("Missing JSON value", STARTS),
            Kind::CBrack => ("Missing array element value", STARTS),
            Kind::Eof => ("Missing value", "The JSON data ends prematurely."),
            Kind::Comma | Kind::Colon | Kind::Equals | Kind::Invalid => {
                ("Invalid start of value", STARTS)
            }
        };
        self.error(summary, detail, token.range);
        self.push(Node::Invalid, token.range)
    }

    fn container(&mut self, open: Token) -> ExprId {
        if self.depth >= MAX_HEIGHT {
            let detail = format!("Values can be nested within one another {MAX_HEIGHT} deep.");
            self.error("Nesting too deep", detail, open.range);
            self.too_deep = true;
            while self.read().kind != Kind::Eof {}
            return self.push(Node::Invalid, open.range);
        }
        self.depth += 1;
        let id = stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            if open.kind == Kind::OBrace { self.object() } else { self.array() }
        });
        self.depth -= 1;
        id
    }

    /// Skips to just after the bracket that closes the container at hand.
    fn skip(&mut self, open: Kind, close: Kind, range: Range) -> ExprId {
        let mut nested = 0_usize;
        loop {
            let token = self.read();
            match token.kind {
                Kind::Eof => break,
                kind if kind == close && nested == 0 => break,
                kind if kind == close => nested -= 1,
                kind if kind == open => nested += 1,
                _ => {}
            }
        }
        self.push(Node::Invalid, range)
    }

    fn finish(&mut self, items: Vec<ExprId>, range: Range, make: fn(Run) -> Node) -> ExprId {
        let run = Run::append(&mut self.tree.lists, items);
        self.push(make(run), range)
    }

    fn object(&mut self) -> ExprId {
        let open = self.read().range;
        let mut items = Vec::new();
        loop {
            let next = self.peek();
            if next.kind == Kind::CBrace {
                self.read();
                return self.finish(items, open.to(next.range), Node::JsonObject);
            }
            if next.kind != Kind::String {
                if matches!(next.kind, Kind::Number | Kind::Keyword | Kind::OBrace | Kind::OBrack) {
                    let detail = "A JSON object property name must be a string";
                    self.error("Invalid object property name", detail, next.range);
                } else {
                    self.value();
                }
                return self.skip(Kind::OBrace, Kind::CBrace, open);
            }
            let key = self.string();
            if !self.colon() {
                return self.skip(Kind::OBrace, Kind::CBrace, open);
            }
            let value = self.value();
            items.extend([key, value]);
            if !self.object_separator(open) {
                return self.skip(Kind::OBrace, Kind::CBrace, open);
            }
        }
    }

    fn colon(&mut self) -> bool {
        let next = self.peek();
        let (summary, detail) = match next.kind {
            Kind::Colon => {
                self.read();
                return true;
            }
            Kind::CBrace | Kind::Comma => (
                "Missing object value",
                "A JSON object attribute must have a value, introduced by a colon.",
            ),
            Kind::Equals => (
                "Missing property value colon",
                "JSON uses a colon as its name/value delimiter, not an equals sign.",
            ),
            _ => (
                "Missing property value colon",
                "A colon must appear between an object property's name and its value.",
            ),
        };
        self.error(summary, detail, next.range);
        false
    }

    /// What follows a property. False if the object cannot go on.
    fn object_separator(&mut self, open: Range) -> bool {
        let next = self.peek();
        match next.kind {
            Kind::CBrace => return true,
            Kind::Comma => {
                self.read();
                if self.peek().kind != Kind::CBrace {
                    return true;
                }
                let detail =
                    "JSON does not permit a trailing comma after the final property in an object.";
                self.error("Trailing comma in object", detail, next.range);
            }
            Kind::Eof => {
                let detail = "No closing brace was found for this JSON object.";
                self.error("Unclosed object", detail, open);
            }
            Kind::CBrack => {
                let detail = "A JSON object must be closed with a brace, not a bracket.";
                self.error("Mismatched braces", detail, next.range);
            }
            _ => {
                let detail = "A comma must appear between each property definition in an object.";
                self.error("Missing attribute seperator comma", detail, next.range);
            }
        }
        false
    }

    fn array(&mut self) -> ExprId {
        let open = self.read().range;
        let mut items = Vec::new();
        loop {
            let next = self.peek();
            if next.kind == Kind::CBrack {
                self.read();
                return self.finish(items, open.to(next.range), Node::Tuple);
            }
            let item = self.value();
            items.push(item);
            if !self.array_separator(open) {
                return self.skip(Kind::OBrack, Kind::CBrack, open);
            }
        }
    }

    /// What follows an item. False if the array cannot go on.
    fn array_separator(&mut self, open: Range) -> bool {
        let next = self.peek();
        match next.kind {
            Kind::CBrack => return true,
            Kind::Comma => {
                self.read();
                if self.peek().kind != Kind::CBrack {
                    return true;
                }
                let detail =
                    "JSON does not permit a trailing comma after the final value in an array.";
                self.error("Trailing comma in array", detail, next.range);
            }
            Kind::Colon => {
                let detail = "A colon is not used to introduce values in a JSON array.";
                self.error("Invalid array value", detail, next.range);
            }
            Kind::Eof => {
                let detail = "No closing bracket was found for this JSON array.";
                self.error("Unclosed object", detail, open);
            }
            Kind::CBrace => {
                let detail = "A JSON array must be closed with a bracket, not a brace.";
                self.error("Mismatched brackets", detail, next.range);
            }
            _ => {
                let detail = "A comma must appear between each value in an array.";
                self.error("Missing attribute seperator comma", detail, next.range);
            }
        }
        false
    }

    fn number(&mut self) -> ExprId {
        let range = self.read().range;
        let text = self.scanner.bytes(range);
        if text::is_number(text) && is_representable(text) {
            return self.push(Node::Number, range);
        }
        let detail = "There is a syntax error in the given JSON number.";
        self.error("Invalid JSON number", detail, range);
        self.push(Node::Invalid, range)
    }

    fn keyword(&mut self) -> ExprId {
        let range = self.read().range;
        let word = String::from_utf8_lossy(self.scanner.bytes(range)).into_owned();
        let node = match word.as_str() {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            "null" => Node::Null,
            "undefined" | "NaN" | "Infinity" => {
                let detail = format!("The JavaScript identifier {word:?} cannot be used in JSON.");
                self.error("Invalid JSON keyword", detail, range);
                Node::Invalid
            }
            _ => {
                let hint = match name_suggestion(&word, ["true", "false", "null"]) {
                    Some(near) => format!(" Did you mean {near:?}?"),
                    None => String::new(),
                };
                let detail = format!("{word:?} is not a valid JSON keyword.{hint}");
                self.error("Invalid JSON keyword", detail, range);
                Node::Invalid
            }
        };
        self.push(node, range)
    }

    fn string(&mut self) -> ExprId {
        let range = self.read().range;
        let inside = Range::new(range.start + 1, range.end.saturating_sub(1));
        let (plain, text) = match text::decode(self.scanner.bytes(range)) {
            Ok(text::Decoded::AsItStands) => (Some(inside), None),
            Ok(text::Decoded::Text(text)) => (None, Some(text)),
            Err(at) => {
                let at = range.start + at as u32;
                let detail = "There is a syntax error in the given JSON string.";
                let subject = self.tree.span(Range::new(at, at + 1));
                let error = Diagnostic::error("Invalid JSON string", detail).at(subject);
                self.report(error.within(self.tree.span(range)));
                return self.push(Node::Invalid, range);
            }
        };
        let bytes = text.as_deref().map_or_else(|| self.scanner.bytes(inside), str::as_bytes);
        let template = bytes.windows(2).any(|pair| pair == b"${" || pair == b"%{").then(|| {
            let text = Arc::from(bytes);
            let (mut tree, diagnostics) =
                parse_template_tree(self.tree.file(), text, range.start + 1);
            tree.diagnostics = diagnostics;
            self.tree.embedded.push(Arc::new(tree));
            self.tree.embedded.len() as u32 - 1
        });
        let owned = text.map_or(0, |text| {
            self.tree.strings.push(text.into_boxed_str());
            self.tree.strings.len() as u32 - 1
        });
        self.tree.json_strings.push(JsonStringNode { plain, owned, template });
        self.push(Node::JsonString(self.tree.json_strings.len() as u32 - 1), range)
    }
}
