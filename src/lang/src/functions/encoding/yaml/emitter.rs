//! Writing YAML in block style, byte for byte as libyaml's emitter does at the settings that
//! go-cty-yaml has: strings in double quotes, or as a literal block if they have line breaks and
//! nothing in them forbids it.

use groma_value::{Fields, Value};

/// Spaces of one level.
const STEP: i64 = 2;
/// A double-quoted string is folded at a space beyond this column.
const WIDTH: usize = 80;
/// A key of more bytes is written with a question mark.
const LONGEST_KEY: usize = 128;

/// What a node is within.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    Item,
    /// A key that has its value on the same line.
    SimpleKey,
    /// A key after a question mark, or a value.
    Entry,
}

/// Writes one document.
pub(super) struct Emitter {
    out: String,
    column: usize,
    /// -1 before anything is open.
    indent: i64,
    /// Whether white space was written last.
    whitespace: bool,
    /// Whether nothing but indentation and indicators is on the line.
    indention: bool,
}

impl Emitter {
    /// The text of `value`, which is wholly known and not marked.
    pub(super) fn document(value: &Value) -> String {
        let mut emitter =
            Self { out: String::new(), column: 0, indent: -1, whitespace: true, indention: true };
        emitter.node(value, Place::Root);
        emitter.write_indent();
        let collection = value.as_slice().is_some() || value.as_fields().is_some();
        if value.as_str().is_none() && !collection {
            // A plain scalar could go on.
            emitter.out.push_str("...\n");
        }
        emitter.out
    }

    fn node(&mut self, value: &Value, place: Place) {
        if value.is_null() {
            return self.scalar(place, |emitter, _| emitter.plain("null"));
        }
        if let Some(text) = value.as_str() {
            return self.scalar(place, |emitter, place| emitter.string(text, place));
        }
        if let Some(number) = value.as_number() {
            return self.scalar(place, |emitter, _| emitter.plain(&number.to_string()));
        }
        if let Some(truth) = value.as_bool() {
            return self.scalar(place, |emitter, _| emitter.plain(&truth.to_string()));
        }
        if let Some(items) = value.as_slice() {
            self.sequence(items, place);
        } else if let Some(fields) = value.as_fields() {
            self.mapping(fields);
        }
    }

    /// Runs `body` one level deeper.
    fn deeper(&mut self, first: i64, step: i64, body: impl FnOnce(&mut Self)) {
        let outer = self.indent;
        self.indent = if outer < 0 { first } else { outer + step };
        body(self);
        self.indent = outer;
    }

    fn scalar(&mut self, place: Place, write: impl FnOnce(&mut Self, Place)) {
        self.deeper(STEP, STEP, |emitter| write(emitter, place));
    }

    fn sequence(&mut self, items: &[Value], place: Place) {
        if items.is_empty() {
            return self.empty("[", "]");
        }
        // In a mapping the dashes stand below the key.
        let step = if place == Place::Entry && !self.indention { 0 } else { STEP };
        self.deeper(0, step, |emitter| {
            for item in items {
                emitter.write_indent();
                emitter.indicator("-", true, false, true);
                emitter.node(item, Place::Item);
            }
        });
    }

    fn mapping(&mut self, fields: &Fields) {
        if fields.is_empty() {
            return self.empty("{", "}");
        }
        self.deeper(0, STEP, |emitter| {
            for (name, value) in fields.iter() {
                emitter.write_indent();
                let key = Value::string(name.clone());
                if name.len() <= LONGEST_KEY && !name.contains(is_break) {
                    emitter.node(&key, Place::SimpleKey);
                    emitter.indicator(":", false, false, false);
                } else {
                    emitter.indicator("?", true, false, true);
                    emitter.node(&key, Place::Entry);
                    emitter.write_indent();
                    emitter.indicator(":", true, false, true);
                }
                emitter.node(value, Place::Entry);
            }
        });
    }

    fn empty(&mut self, open: &str, close: &str) {
        self.indicator(open, true, true, false);
        self.indicator(close, false, false, false);
    }

    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }

    fn line_break(&mut self, c: char) {
        self.out.push(c);
        self.column = 0;
    }

    fn write_indent(&mut self) {
        let indent = usize::try_from(self.indent).unwrap_or(0);
        let beyond = self.column > indent || self.column == indent && !self.whitespace;
        if !self.indention || beyond {
            self.line_break('\n');
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn indicator(&mut self, text: &str, spaced: bool, whitespace: bool, indention: bool) {
        if spaced && !self.whitespace {
            self.put(' ');
        }
        text.chars().for_each(|c| self.put(c));
        self.whitespace = whitespace;
        self.indention &= indention;
    }

    fn plain(&mut self, text: &str) {
        self.indicator(text, true, false, false);
    }

    fn string(&mut self, text: &str, place: Place) {
        if text.contains('\n') && place != Place::SimpleKey && literal_allowed(text) {
            self.literal(text);
        } else {
            self.quoted(text, place != Place::SimpleKey);
        }
    }

    fn literal(&mut self, text: &str) {
        self.indicator("|", true, false, false);
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.indicator(&STEP.to_string(), false, false, false);
        }
        let mut from_end = text.chars().rev();
        let chomp = match (from_end.next().map(is_break), from_end.next().map(is_break)) {
            (Some(true), None | Some(true)) => "+",
            (Some(true), Some(false)) => "",
            _ => "-",
        };
        self.indicator(chomp, false, false, false);
        self.line_break('\n');
        (self.indention, self.whitespace) = (true, true);
        let mut after_break = true;
        for c in text.chars() {
            if is_break(c) {
                self.line_break(c);
                (self.indention, after_break) = (true, true);
            } else {
                if after_break {
                    self.write_indent();
                }
                self.put(c);
                (self.indention, after_break) = (false, false);
            }
        }
    }

    fn quoted(&mut self, text: &str, may_fold: bool) {
        self.indicator("\"", true, false, false);
        let mut after_space = false;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c == ' ' {
                let inside = at > 0 && at < text.len() - 1;
                if may_fold && !after_space && self.column > WIDTH && inside {
                    self.write_indent();
                    if chars.peek().is_some_and(|(_, next)| *next == ' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(c);
                }
                after_space = true;
            } else {
                if is_printable(c) && !is_break(c) && c != '"' && c != '\\' {
                    self.put(c);
                } else {
                    escape(c).chars().for_each(|c| self.put(c));
                }
                after_space = false;
            }
        }
        self.indicator("\"", false, false, false);
    }
}

/// Whether a literal block can hold `text`: everything in it prints, no space comes before a line
/// break, none at the end.
fn literal_allowed(text: &str) -> bool {
    let spaced_break = text.chars().zip(text.chars().skip(1)).any(|(a, b)| a == ' ' && is_break(b));
    !spaced_break && !text.ends_with(' ') && text.chars().all(is_printable)
}

const fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What go-yaml takes for printable: nothing beyond the basic plane, no tab.
const fn is_printable(c: char) -> bool {
    matches!(c,
        '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            return match c as u32 {
                code @ 0..=0xff => format!("\\x{code:02X}"),
                code @ 0x100..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}
