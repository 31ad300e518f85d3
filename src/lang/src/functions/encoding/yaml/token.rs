//! Tokens and events of YAML, where they are, and what can be wrong with a text.

/// A place in the text, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) index: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Text that is no YAML.
#[derive(Debug)]
pub(super) struct SyntaxError {
    /// libyaml's words for it.
    pub(super) problem: &'static str,
    pub(super) at: Mark,
    /// Where what could not be read begins.
    pub(super) context: Mark,
    /// Whether it is wrong as a token already.
    pub(super) lexical: bool,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
    /// After `|` or `>`.
    Block,
}

#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: Mark,
    pub(super) end: Mark,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    StreamStart,
    StreamEnd,
    Version(u32, u32),
    TagDirective { handle: String, prefix: String },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    Tag { handle: String, suffix: String },
    Scalar(String, Style),
}

/// A part of the structure of a stream.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) data: EventData,
    pub(super) start: Mark,
}

#[derive(Debug)]
pub(super) enum EventData {
    StreamStart,
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias(String),
    Scalar { anchor: Option<String>, tag: String, text: String, style: Style },
    SequenceStart { anchor: Option<String>, tag: String },
    SequenceEnd,
    MappingStart { anchor: Option<String>, tag: String },
    MappingEnd,
}

pub(super) const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

pub(super) const fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The end of the text is the character 0, which stands nowhere else.
pub(super) const fn is_break_or_end(c: char) -> bool {
    is_break(c) || c == '\0'
}

pub(super) const fn is_blank_or_end(c: char) -> bool {
    is_blank(c) || is_break_or_end(c)
}

pub(super) const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}
