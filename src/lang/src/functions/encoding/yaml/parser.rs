//! From tokens to events: libyaml's grammar, one state for each place between two events.

use super::scanner::{Result, Scanner};
use super::token::{Event, EventData, Mark, Style, SyntaxError, TokenKind};

/// What is expected next.
#[derive(Clone, Copy)]
enum State {
    StreamStart,
    /// At the start, where `---` may be left out.
    FirstDocument,
    Document,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequence {
        first: bool,
    },
    /// Dashes in the column of the mapping that they are in.
    IndentlessSequence,
    BlockMappingKey {
        first: bool,
    },
    BlockMappingValue,
    FlowSequence {
        first: bool,
    },
    /// `[a: b]`
    PairKey,
    PairValue,
    PairEnd,
    FlowMappingKey {
        first: bool,
    },
    FlowMappingValue {
        empty: bool,
    },
    End,
}

pub(super) struct Parser {
    scanner: Scanner,
    state: State,
    states: Vec<State>,
    /// Where the open collections begin.
    marks: Vec<Mark>,
    tags: Vec<(String, String)>,
}

impl Parser {
    pub(super) fn new(text: &str) -> Result<Self> {
        Ok(Self {
            scanner: Scanner::new(text)?,
            state: State::StreamStart,
            states: Vec::new(),
            marks: Vec::new(),
            tags: Vec::new(),
        })
    }

    /// The next event. After the end of the stream it stays at that.
    pub(super) fn next(&mut self) -> Result<Event> {
        match self.state {
            State::StreamStart => {
                let (_, start, _) = self.peek()?;
                self.scanner.skip();
                self.state = State::FirstDocument;
                Ok(Event { data: EventData::StreamStart, start })
            }
            State::FirstDocument => self.document_start(true),
            State::Document => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(true, false),
            State::BlockSequence { first } => self.block_sequence(first),
            State::IndentlessSequence => self.indentless_sequence(),
            State::BlockMappingKey { first } => self.block_mapping_key(first),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequence { first } => self.flow_sequence(first),
            State::PairKey => self.pair_key(),
            State::PairValue => self.pair_value(),
            State::PairEnd => {
                let (_, start, _) = self.peek()?;
                self.state = State::FlowSequence { first: false };
                Ok(Event { data: EventData::MappingEnd, start })
            }
            State::FlowMappingKey { first } => self.flow_mapping_key(first),
            State::FlowMappingValue { empty } => self.flow_mapping_value(empty),
            State::End => Ok(Event { data: EventData::StreamEnd, start: self.scanner.mark }),
        }
    }

    fn peek(&mut self) -> Result<(TokenKind, Mark, Mark)> {
        let token = self.scanner.peek()?;
        Ok((token.kind.clone(), token.start, token.end))
    }

    /// The token after the one at hand.
    fn advance(&mut self) -> Result<(TokenKind, Mark, Mark)> {
        self.scanner.skip();
        self.peek()
    }

    fn pop(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    /// A node with `then` after it.
    fn node_then(&mut self, then: State, block: bool, indentless: bool) -> Result<Event> {
        self.states.push(then);
        self.node(block, indentless)
    }

    /// No node, where one could be, with `then` after it.
    fn empty_then(&mut self, then: State, start: Mark) -> Event {
        self.state = then;
        empty(start)
    }

    /// Ends the collection at hand, with the token at hand.
    fn end(&mut self, data: EventData, start: Mark) -> Event {
        self.pop();
        self.marks.pop();
        self.scanner.skip();
        Event { data, start }
    }

    /// Begins the collection of the token at hand.
    fn begin(&mut self, start: Mark) -> Result<(TokenKind, Mark, Mark)> {
        self.marks.push(start);
        self.advance()
    }

    fn unexpected(&mut self, problem: &'static str, at: Mark) -> SyntaxError {
        let context = self.marks.pop().unwrap_or_default();
        SyntaxError { problem, at, context, lexical: false }
    }

    fn document_start(&mut self, first: bool) -> Result<Event> {
        let (mut kind, mut start, _) = self.peek()?;
        while !first && kind == TokenKind::DocumentEnd {
            (kind, start, _) = self.advance()?;
        }
        let explicit = matches!(
            kind,
            TokenKind::Version(..) | TokenKind::TagDirective { .. } | TokenKind::DocumentStart
        );
        if kind == TokenKind::StreamEnd {
            self.state = State::End;
            return Ok(Event { data: EventData::StreamEnd, start });
        }
        if first && !explicit {
            self.directives()?;
            self.states.push(State::DocumentEnd);
            self.state = State::BlockNode;
            return Ok(Event { data: EventData::DocumentStart, start });
        }
        self.directives()?;
        let (kind, at, _) = self.peek()?;
        if kind != TokenKind::DocumentStart {
            return Err(self.unexpected("did not find expected <document start>", at));
        }
        self.scanner.skip();
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok(Event { data: EventData::DocumentStart, start })
    }

    /// `%YAML` and `%TAG` lines.
    fn directives(&mut self) -> Result<()> {
        let (mut versioned, mut tags) = (false, Vec::new());
        loop {
            let (kind, start, _) = self.peek()?;
            match kind {
                TokenKind::Version(..) if versioned => {
                    return Err(self.unexpected("found duplicate %YAML directive", start));
                }
                TokenKind::Version(1, 1) => versioned = true,
                TokenKind::Version(..) => {
                    return Err(self.unexpected("found incompatible YAML document", start));
                }
                TokenKind::TagDirective { handle, prefix } => {
                    if tags.iter().any(|(other, _)| *other == handle) {
                        return Err(self.unexpected("found duplicate %TAG directive", start));
                    }
                    tags.push((handle, prefix));
                }
                _ => break,
            }
            self.scanner.skip();
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if !tags.iter().any(|(other, _)| other == handle) {
                tags.push((handle.to_owned(), prefix.to_owned()));
            }
        }
        self.tags = tags;
        Ok(())
    }

    fn document_content(&mut self) -> Result<Event> {
        let (kind, start, _) = self.peek()?;
        match kind {
            TokenKind::Version(..)
            | TokenKind::TagDirective { .. }
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => {
                self.pop();
                Ok(empty(start))
            }
            _ => self.node(true, false),
        }
    }

    fn document_end(&mut self) -> Result<Event> {
        let (kind, start, _) = self.peek()?;
        if kind == TokenKind::DocumentEnd {
            self.scanner.skip();
        }
        self.state = State::Document;
        Ok(Event { data: EventData::DocumentEnd, start })
    }

    fn node(&mut self, block: bool, indentless: bool) -> Result<Event> {
        let (mut kind, start, _) = self.peek()?;
        if let TokenKind::Alias(name) = kind {
            self.pop();
            self.scanner.skip();
            return Ok(Event { data: EventData::Alias(name), start });
        }
        let (mut anchor, mut tag) = (None, None);
        let mut at = start;
        loop {
            match kind {
                TokenKind::Anchor(name) if anchor.is_none() => anchor = Some(name),
                TokenKind::Tag { handle, suffix } if tag.is_none() => {
                    tag = Some(self.resolve_tag(&handle, &suffix, start, at)?);
                }
                other => {
                    kind = other;
                    break;
                }
            }
            (kind, at, _) = self.advance()?;
        }
        let properties = anchor.is_some() || tag.is_some();
        let tag = tag.unwrap_or_default();
        let data = match kind {
            TokenKind::BlockEntry if indentless => {
                self.state = State::IndentlessSequence;
                EventData::SequenceStart { anchor, tag }
            }
            TokenKind::Scalar(text, style) => {
                self.pop();
                self.scanner.skip();
                EventData::Scalar { anchor, tag, text, style }
            }
            TokenKind::FlowSequenceStart => {
                self.state = State::FlowSequence { first: true };
                EventData::SequenceStart { anchor, tag }
            }
            TokenKind::FlowMappingStart => {
                self.state = State::FlowMappingKey { first: true };
                EventData::MappingStart { anchor, tag }
            }
            TokenKind::BlockSequenceStart if block => {
                self.state = State::BlockSequence { first: true };
                EventData::SequenceStart { anchor, tag }
            }
            TokenKind::BlockMappingStart if block => {
                self.state = State::BlockMappingKey { first: true };
                EventData::MappingStart { anchor, tag }
            }
            _ if properties => {
                self.pop();
                EventData::Scalar { anchor, tag, text: String::new(), style: Style::Plain }
            }
            _ => {
                let problem = "did not find expected node content";
                return Err(SyntaxError { problem, at, context: start, lexical: false });
            }
        };
        Ok(Event { data, start })
    }

    fn resolve_tag(&self, handle: &str, suffix: &str, start: Mark, at: Mark) -> Result<String> {
        if handle.is_empty() {
            return Ok(suffix.to_owned());
        }
        let prefix = self.tags.iter().find(|(known, _)| known == handle);
        let (_, prefix) = prefix.ok_or(SyntaxError {
            problem: "found undefined tag handle",
            at,
            context: start,
            lexical: false,
        })?;
        Ok(format!("{prefix}{suffix}"))
    }

    fn block_sequence(&mut self, first: bool) -> Result<Event> {
        let (mut kind, mut start, mut end) = self.peek()?;
        if first {
            (kind, start, end) = self.begin(start)?;
        }
        let next = State::BlockSequence { first: false };
        match kind {
            TokenKind::BlockEntry => match self.advance()?.0 {
                TokenKind::BlockEntry | TokenKind::BlockEnd => Ok(self.empty_then(next, end)),
                _ => self.node_then(next, true, false),
            },
            TokenKind::BlockEnd => Ok(self.end(EventData::SequenceEnd, start)),
            _ => Err(self.unexpected("did not find expected '-' indicator", start)),
        }
    }

    fn indentless_sequence(&mut self) -> Result<Event> {
        let (kind, start, end) = self.peek()?;
        if kind != TokenKind::BlockEntry {
            self.pop();
            return Ok(Event { data: EventData::SequenceEnd, start });
        }
        match self.advance()?.0 {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                Ok(self.empty_then(State::IndentlessSequence, end))
            }
            _ => self.node_then(State::IndentlessSequence, true, false),
        }
    }

    fn block_mapping_key(&mut self, first: bool) -> Result<Event> {
        let (mut kind, mut start, mut end) = self.peek()?;
        if first {
            (kind, start, end) = self.begin(start)?;
        }
        match kind {
            TokenKind::Key => match self.advance()?.0 {
                TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                    Ok(self.empty_then(State::BlockMappingValue, end))
                }
                _ => self.node_then(State::BlockMappingValue, true, true),
            },
            TokenKind::BlockEnd => Ok(self.end(EventData::MappingEnd, start)),
            _ => Err(self.unexpected("did not find expected key", start)),
        }
    }

    fn block_mapping_value(&mut self) -> Result<Event> {
        let (kind, start, end) = self.peek()?;
        let next = State::BlockMappingKey { first: false };
        if kind != TokenKind::Value {
            return Ok(self.empty_then(next, start));
        }
        match self.advance()?.0 {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                Ok(self.empty_then(next, end))
            }
            _ => self.node_then(next, true, true),
        }
    }

    fn flow_sequence(&mut self, first: bool) -> Result<Event> {
        let (mut kind, mut start, _) = self.peek()?;
        if first {
            (kind, start, _) = self.begin(start)?;
        } else if kind == TokenKind::FlowEntry {
            (kind, start, _) = self.advance()?;
        } else if kind != TokenKind::FlowSequenceEnd {
            return Err(self.unexpected("did not find expected ',' or ']'", start));
        }
        match kind {
            TokenKind::FlowSequenceEnd => Ok(self.end(EventData::SequenceEnd, start)),
            TokenKind::Key => {
                self.state = State::PairKey;
                self.scanner.skip();
                let data = EventData::MappingStart { anchor: None, tag: String::new() };
                Ok(Event { data, start })
            }
            _ => self.node_then(State::FlowSequence { first: false }, false, false),
        }
    }

    fn pair_key(&mut self) -> Result<Event> {
        let (kind, _, end) = self.peek()?;
        match kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                self.scanner.skip();
                Ok(self.empty_then(State::PairValue, end))
            }
            _ => self.node_then(State::PairValue, false, false),
        }
    }

    fn pair_value(&mut self) -> Result<Event> {
        let (mut kind, mut start, _) = self.peek()?;
        if kind == TokenKind::Value {
            (kind, start, _) = self.advance()?;
            if !matches!(kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                return self.node_then(State::PairEnd, false, false);
            }
        }
        Ok(self.empty_then(State::PairEnd, start))
    }

    fn flow_mapping_key(&mut self, first: bool) -> Result<Event> {
        let (mut kind, mut start, _) = self.peek()?;
        if first {
            (kind, start, _) = self.begin(start)?;
        } else if kind == TokenKind::FlowEntry {
            (kind, start, _) = self.advance()?;
        } else if kind != TokenKind::FlowMappingEnd {
            return Err(self.unexpected("did not find expected ',' or '}'", start));
        }
        let value = State::FlowMappingValue { empty: false };
        match kind {
            TokenKind::FlowMappingEnd => Ok(self.end(EventData::MappingEnd, start)),
            TokenKind::Key => {
                let (kind, start, _) = self.advance()?;
                match kind {
                    TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {
                        Ok(self.empty_then(value, start))
                    }
                    _ => self.node_then(value, false, false),
                }
            }
            _ => self.node_then(State::FlowMappingValue { empty: true }, false, false),
        }
    }

    fn flow_mapping_value(&mut self, missing: bool) -> Result<Event> {
        let (mut kind, mut start, _) = self.peek()?;
        let next = State::FlowMappingKey { first: false };
        if !missing && kind == TokenKind::Value {
            (kind, start, _) = self.advance()?;
            if !matches!(kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                return self.node_then(next, false, false);
            }
        }
        Ok(self.empty_then(next, start))
    }
}

fn empty(start: Mark) -> Event {
    let (anchor, tag, text) = (None, String::new(), String::new());
    Event { data: EventData::Scalar { anchor, tag, text, style: Style::Plain }, start }
}
