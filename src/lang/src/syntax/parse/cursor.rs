//! The parser's place in the token stream, its output, and its way back after an error.

use groma_diag::{Diagnostic, Diagnostics};

use crate::syntax::lex::{Kind, Lexer, Token};
use crate::syntax::node::{Node, Range, Run, StepNode};
use crate::syntax::tree::{ExprId, ItemNode, Tree};
use crate::syntax::{MAX_ERRORS, MAX_HEIGHT};

/// Builds a [`Tree`] from tokens.
pub(in crate::syntax) struct Parser<'t> {
    text: &'t [u8],
    /// What messages call the file.
    pub(super) path: &'t str,
    lexer: Lexer<'t>,
    /// The token looked at and not yet read.
    ahead: Option<Token>,
    /// The last token read.
    pub(super) prev: Range,
    /// Whether line ends are tokens here: they are not inside brackets.
    pub(super) newlines: bool,
    /// Set while the place in the stream is doubtful, so that one mistake is reported once.
    pub(super) recovering: bool,
    /// A string in quotes has met the end of its line: all templates around it, up to a heredoc,
    /// have ended. The outermost of them reads the line end's token.
    pub(super) broken_string: bool,
    /// How many templates are being parsed, one inside the other.
    pub(super) template_depth: u16,
    pub(super) tree: Tree,
    /// How high the tree under each node is; beside `tree.nodes`.
    heights: Vec<u16>,
    /// Children of the constructors that are being parsed, innermost last.
    pub(super) children: Vec<ExprId>,
    /// Steps of the traversals that are being parsed, innermost last.
    pub(super) steps: Vec<StepNode>,
    /// Items of the bodies that are being parsed, innermost last.
    pub(super) items: Vec<ItemNode>,
    depth: u16,
    diagnostics: Vec<Diagnostic>,
    told: Told,
}

/// How often some errors that repeat have been told.
#[derive(Default)]
struct Told {
    bitwise: u32,
    backtick: u32,
    apostrophe: u32,
    semicolon: u32,
    bad_utf8: u32,
    too_deep: bool,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t [u8], lexer: Lexer<'t>, tree: Tree) -> Self {
        Self {
            text,
            path: "",
            lexer,
            ahead: None,
            prev: Range::default(),
            newlines: true,
            recovering: false,
            broken_string: false,
            template_depth: 0,
            tree,
            heights: Vec::new(),
            children: Vec::new(),
            steps: Vec::new(),
            items: Vec::new(),
            depth: 0,
            diagnostics: Vec::new(),
            told: Told::default(),
        }
    }

    /// The tree, and what was found wrong, in source order.
    pub(super) fn finish(mut self) -> (Tree, Diagnostics) {
        self.diagnostics.sort_by_key(|d| d.subject.map_or(0, |span| span.start));
        self.tree.nodes.shrink_to_fit();
        self.tree.ranges.shrink_to_fit();
        (self.tree, self.diagnostics.into_iter().collect())
    }

    /// The next token that matters here. A comment to the line's end counts as the line end.
    ///
    /// What does not matter is passed over for good: whoever looks inside brackets reads on
    /// inside them.
    pub(super) fn peek(&mut self) -> Token {
        loop {
            let token = match self.ahead {
                Some(token) => token,
                None => self.scan(),
            };
            match token.kind {
                Kind::Newline if !self.newlines => {}
                Kind::Comment if self.newlines && self.bytes(token.range).ends_with(b"\n") => {
                    return Token { kind: Kind::Newline, ..token };
                }
                Kind::Comment => {}
                _ => return token,
            }
            self.ahead = None;
        }
    }

    /// Reads that token.
    pub(super) fn read(&mut self) -> Token {
        let token = self.peek();
        self.ahead = None;
        self.prev = token.range;
        token
    }

    /// Reads the next token if it is of that kind.
    pub(super) fn eat(&mut self, kind: Kind) -> Option<Token> {
        (self.peek().kind == kind).then(|| self.read())
    }

    fn scan(&mut self) -> Token {
        let token = self.lexer.next_token();
        if token.kind as u8 >= Kind::BitAnd as u8 {
            self.report_token(token);
            self.broken_string |= token.kind == Kind::QuotedNewline;
        }
        self.ahead = Some(token);
        token
    }

    pub(super) fn bytes(&self, range: Range) -> &'t [u8] {
        self.text.get(range.bytes()).unwrap_or_default()
    }

    pub(super) fn text(&self, range: Range) -> String {
        String::from_utf8_lossy(self.bytes(range)).into_owned()
    }

    pub(super) fn is_word(&self, token: Token, word: &str) -> bool {
        token.kind == Kind::Ident && self.bytes(token.range) == word.as_bytes()
    }

    // ---- Output ----

    /// Adds a node. One too high is an error, and an invalid node takes its place.
    pub(super) fn push(&mut self, node: Node, range: Range, children: &[ExprId]) -> ExprId {
        let below = children.iter().map(|id| self.height(*id)).max().unwrap_or(0);
        self.push_above(below, node, range)
    }

    fn push_above(&mut self, below: u16, node: Node, range: Range) -> ExprId {
        let id = ExprId(self.tree.nodes.len() as u32);
        let too_high = below >= MAX_HEIGHT;
        if too_high {
            self.report_too_deep(range);
        }
        self.tree.nodes.push(if too_high { Node::Invalid } else { node });
        self.tree.ranges.push(range);
        self.heights.push(if too_high { 0 } else { below + 1 });
        id
    }

    /// Adds a node whose children are the scratch list from `base` on.
    pub(super) fn push_list(
        &mut self,
        base: usize,
        range: Range,
        make: impl FnOnce(&mut Tree, Run) -> Node,
    ) -> ExprId {
        let children = self.children.get(base..).unwrap_or_default();
        let below = children.iter().map(|id| self.height(*id)).max().unwrap_or(0);
        let run = Run::append(&mut self.tree.lists, self.children.drain(base..));
        let node = make(&mut self.tree, run);
        self.push_above(below, node, range)
    }

    /// Moves the scratch steps from `base` on to the tree.
    pub(super) fn store_steps(&mut self, base: usize) -> Run {
        Run::append(&mut self.tree.steps, self.steps.drain(base..))
    }

    pub(super) fn store_string(&mut self, text: String) -> u32 {
        self.tree.strings.push(text.into_boxed_str());
        self.tree.strings.len() as u32 - 1
    }

    pub(super) fn invalid(&mut self, range: Range) -> ExprId {
        self.push(Node::Invalid, range, &[])
    }

    fn height(&self, id: ExprId) -> u16 {
        self.heights.get(id.0 as usize).copied().unwrap_or(0)
    }

    // ---- Nesting ----

    /// Runs `parse` one level deeper, on a stack that is large enough, or reports that it is
    /// too deep and returns `None`.
    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_HEIGHT {
            let at = self.peek().range;
            self.report_too_deep(at);
            self.recovering = true;
            return None;
        }
        self.depth += 1;
        let result = stacker::maybe_grow(64 * 1024, 1024 * 1024, || parse(self));
        self.depth -= 1;
        Some(result)
    }

    fn report_too_deep(&mut self, at: Range) {
        if !std::mem::replace(&mut self.told.too_deep, true) {
            let detail = format!(
                "Expressions and blocks can be nested within one another at most {MAX_HEIGHT} \
                 levels deep."
            );
            self.error_always("Nesting too deep", detail, at, None);
        }
    }

    // ---- Errors ----

    /// Reports an error, unless one mistake is being recovered from.
    pub(super) fn error(&mut self, summary: &str, detail: impl Into<String>, subject: Range) {
        if !self.recovering {
            self.error_always(summary, detail, subject, None);
        }
    }

    /// The same, shown within the text since `context`.
    pub(super) fn error_within(
        &mut self,
        summary: &str,
        detail: impl Into<String>,
        subject: Range,
        context: Range,
    ) {
        if !self.recovering {
            self.error_always(summary, detail, subject, Some(context.to(subject)));
        }
    }

    /// Reports an error even in recovery.
    pub(super) fn error_always(
        &mut self,
        summary: impl Into<String>,
        detail: impl Into<String>,
        subject: Range,
        context: Option<Range>,
    ) {
        if self.gave_up() {
            return;
        }
        let mut diagnostic = Diagnostic::error(summary, detail).at(self.tree.span(subject));
        diagnostic.context = context.map(|range| self.tree.span(range));
        self.diagnostics.push(diagnostic);
    }

    /// Whether so much is wrong that the rest is not worth reading.
    pub(super) fn gave_up(&self) -> bool {
        self.diagnostics.len() >= MAX_ERRORS
    }

    fn report_token(&mut self, token: Token) {
        let told = &mut self.told;
        let once = |count: &mut u32| {
            *count += 1;
            *count == 1
        };
        // Every other one, so that the closing quote of a pair is not reported too.
        let alternate = |count: &mut u32| {
            *count += 1;
            *count == 1 || *count > 2
        };
        let (summary, detail) = match token.kind {
            Kind::BitAnd | Kind::BitOr | Kind::Caret | Kind::Tilde => {
                told.bitwise += 1;
                if told.bitwise > 4 {
                    return;
                }
                let hint = match token.kind {
                    Kind::BitAnd => " Did you mean boolean AND (\"&&\")?",
                    Kind::BitOr => " Did you mean boolean OR (\"||\")?",
                    Kind::Tilde => " Did you mean boolean NOT (\"!\")?",
                    _ => "",
                };
                ("Unsupported operator", format!("Bitwise operators are not supported.{hint}"))
            }
            Kind::Backtick if alternate(&mut told.backtick) => (
                "Invalid character",
                "The \"`\" character is not valid. To create a multi-line string, use the \
                 \"heredoc\" syntax, like \"<<EOT\"."
                    .into(),
            ),
            Kind::Apostrophe if alternate(&mut told.apostrophe) => (
                "Invalid character",
                "Single quotes are not valid. Use double quotes (\") to enclose strings.".into(),
            ),
            Kind::Semicolon if once(&mut told.semicolon) => (
                "Invalid character",
                "The \";\" character is not valid. Use newlines to separate arguments and \
                 blocks, and commas to separate items in collection values."
                    .into(),
            ),
            Kind::BadUtf8 if once(&mut told.bad_utf8) => (
                "Invalid character encoding",
                "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected \
                 in your editor."
                    .into(),
            ),
            Kind::QuotedNewline => (
                "Invalid multi-line string",
                "Quoted strings may not be split over multiple lines. To produce a multi-line \
                 string, either use the \\n escape to represent a newline character or use the \
                 \"heredoc\" multi-line template syntax."
                    .into(),
            ),
            Kind::Invalid => {
                ("Invalid character", "This character is not used within the language.".into())
            }
            _ => return,
        };
        self.error_always(summary, detail, token.range, None);
    }

    // ---- Recovery ----

    /// Skips to just after the closing token `end` of the bracket that is open. Inside a template
    /// it stops where that template breaks.
    pub(super) fn recover(&mut self, end: Kind) -> Token {
        self.recovering = true;
        let mut nested = 0_usize;
        // How many strings are open, and how much was nested before the first of them.
        let (mut strings, mut outside) = (0_usize, 0);
        loop {
            let token = self.peek();
            if token.kind == Kind::QuotedNewline && self.template_depth > 0 {
                return token;
            }
            self.read();
            match token.kind {
                Kind::Eof => return token,
                Kind::QuotedNewline => {
                    self.broken_string = false;
                    (strings, nested) = (0, outside);
                    continue;
                }
                Kind::OQuote if strings == 0 => (strings, outside) = (1, nested),
                Kind::OQuote => strings += 1,
                Kind::CQuote => strings = strings.saturating_sub(1),
                _ => {}
            }
            if token.kind == end {
                if nested == 0 {
                    return token;
                }
                nested -= 1;
            } else if closer(token.kind) == Some(end) {
                nested += 1;
            }
        }
    }

    /// Skips over the next bracketed part that starts with `(`.
    pub(super) fn recover_over_parens(&mut self) {
        self.recovering = true;
        while !matches!(self.read().kind, Kind::OParen | Kind::Eof) {}
        self.recover(Kind::CParen);
    }

    /// Skips to the next line outside all brackets, where an argument or block may start.
    pub(super) fn recover_after_item(&mut self) {
        self.recovering = true;
        let newlines = std::mem::replace(&mut self.newlines, true);
        let mut open = Vec::new();
        loop {
            let token = self.read();
            match token.kind {
                Kind::Newline if open.is_empty() => break,
                Kind::Eof => break,
                Kind::QuotedNewline => open.clear(),
                // The closing brace of the body that the item is in.
                _ if open.is_empty() && self.peek().kind == Kind::CBrace => {
                    if closer(token.kind) != Some(Kind::CBrace) {
                        break;
                    }
                    open.push(Kind::CBrace);
                }
                kind => match closer(kind) {
                    Some(end) => open.push(end),
                    None if is_closer(kind) => while open.pop().is_some_and(|end| end != kind) {},
                    None => {}
                },
            }
        }
        self.newlines = newlines;
    }
}

/// What closes an opening token.
fn closer(open: Kind) -> Option<Kind> {
    Some(match open {
        Kind::OBrace => Kind::CBrace,
        Kind::OBrack => Kind::CBrack,
        Kind::OParen => Kind::CParen,
        Kind::OQuote => Kind::CQuote,
        Kind::OHeredoc => Kind::CHeredoc,
        Kind::Interp | Kind::Control => Kind::SeqEnd,
        _ => return None,
    })
}

fn is_closer(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::CBrace | Kind::CBrack | Kind::CParen | Kind::CQuote | Kind::CHeredoc | Kind::SeqEnd
    )
}
