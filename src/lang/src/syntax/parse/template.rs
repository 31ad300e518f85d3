//! Templates: text with `${…}` and `%{…}` in it.
//!
//! Read in two passes. The first makes a flat list of [`Part`]s: literal text, interpolations,
//! and the directives' markers. Trimming (`~`) and dedenting (`<<-`) work on that list, since
//! they go by the pieces that the scanner made, not by the text as a whole. The second folds
//! `%{if}` and `%{for}` into expressions.

use super::cursor::Parser;
use crate::syntax::escape::decode_text;
use crate::syntax::lex::{Kind, Token};
use crate::syntax::node::{Decode, ForNode, Node, Range};
use crate::syntax::suggest::name_suggestion;
use crate::syntax::tree::ExprId;

/// A piece of a template.
enum Part {
    Literal(Literal),
    Expr(ExprId),
    If { condition: ExprId, range: Range },
    For { key_var: Option<Range>, value_var: Range, collection: ExprId, range: Range },
    Else(Range),
    EndIf(Range),
    EndFor(Range),
}

/// Literal text.
struct Literal {
    range: Range,
    decode: Decode,
    /// What trimming or dedenting made of it.
    changed: Option<String>,
}

/// The pieces of a template and where it is.
struct Parts {
    parts: Vec<Part>,
    /// The token that ends it.
    end: Range,
}

/// What the directives of a template fold to, up to one that belongs further out.
struct Folder {
    parts: std::iter::Peekable<std::vec::IntoIter<Part>>,
    end: Range,
}

impl Parser<'_> {
    /// A string in quotes, or a heredoc.
    pub(super) fn template_literal(&mut self) -> ExprId {
        let open = self.read();
        if open.kind == Kind::OQuote {
            return self.quoted(open.range);
        }
        let flush = self.bytes(open.range).starts_with(b"<<-");
        let parts = self.template_parts(open.range, Kind::CHeredoc, Decode::Raw, Vec::new());
        self.template_node(parts, open.range, flush)
    }

    fn quoted(&mut self, open: Range) -> ExprId {
        let mut parts = Vec::new();
        if let Some(text) = self.eat(Kind::QuotedLit) {
            parts.push(Part::Literal(self.literal(text, Decode::Quoted, false)));
        }
        if self.peek().kind == Kind::CQuote {
            let close = self.read().range;
            return self.push(Node::Quoted, open.to(close), &[]);
        }
        let parts = self.template_parts(open, Kind::CQuote, Decode::Quoted, parts);
        self.template_node(parts, open, false)
    }

    /// A template with no quotes, to the end of the text.
    pub(super) fn bare_template(&mut self) -> ExprId {
        let start = self.peek().range;
        let parts = self.template_parts(start, Kind::Eof, Decode::Raw, Vec::new());
        self.template_node(parts, start, false)
    }

    fn template_node(&mut self, parts: Parts, open: Range, flush: bool) -> ExprId {
        let Parts { mut parts, end } = parts;
        let range = open.to(end);
        if flush {
            dedent(self, &mut parts);
        }
        let parts = self.meld(parts);
        if let [Part::Expr(id)] = parts.as_slice() {
            let id = *id;
            return self.push(Node::Wrap(id), range, &[id]);
        }
        let base = self.children.len();
        let mut folder = Folder { parts: parts.into_iter().peekable(), end };
        while let Some(part) = folder.parts.next() {
            let id = self.fold(part, &mut folder);
            self.children.push(id);
        }
        self.push_list(base, range, |_, parts| Node::Template(parts))
    }

    // ---- First pass: pieces ----

    /// The pieces after `parts`, which have been read.
    fn template_parts(
        &mut self,
        open: Range,
        end: Kind,
        decode: Decode,
        mut parts: Vec<Part>,
    ) -> Parts {
        // `~}` was just before: the next piece of text loses the space at its start.
        let mut trim_next = false;
        self.template_depth += 1;
        let close = loop {
            let token = self.peek();
            if self.broken_string {
                break self.end_of_broken(end);
            }
            self.read();
            let trim = std::mem::take(&mut trim_next);
            match token.kind {
                kind if kind == end => break token.range,
                Kind::StringLit | Kind::QuotedLit => {
                    parts.push(Part::Literal(self.literal(token, decode, trim)));
                }
                Kind::Interp | Kind::Control => {
                    self.trim_before(token, &mut parts);
                    let newlines = std::mem::replace(&mut self.newlines, false);
                    let part = if token.kind == Kind::Interp {
                        Some(Part::Expr(self.interpolation(open, end)))
                    } else {
                        self.directive(token, open)
                    };
                    self.newlines = newlines;
                    trim_next = self.bytes(self.prev).first() == Some(&b'~');
                    parts.extend(part);
                }
                _ => {
                    let detail = "No closing marker was found for the string.";
                    let summary = "Unterminated template string";
                    // Of a heredoc the text is shown, without the marker's line.
                    let context =
                        if end == Kind::CHeredoc { Range::new(open.end, open.end) } else { open };
                    self.error_within(summary, detail, token.range, context);
                    self.recovering = true;
                    if token.kind == Kind::Eof {
                        break token.range;
                    }
                    break self.recover(end).range;
                }
            }
        };
        self.template_depth -= 1;
        Parts { parts, end: close }
    }

    /// After a line end inside quotes: a heredoc around them goes on, a string does not.
    fn end_of_broken(&mut self, end: Kind) -> Range {
        self.recovering = true;
        let at = self.prev;
        while end == Kind::CHeredoc || self.template_depth == 1 {
            self.eat(Kind::QuotedNewline);
            self.broken_string = false;
            if end != Kind::CHeredoc || self.recover(end).kind != Kind::QuotedNewline {
                break;
            }
        }
        at
    }

    fn literal(&mut self, token: Token, decode: Decode, trim: bool) -> Literal {
        let range = token.range;
        if decode == Decode::Quoted {
            self.check_escapes(range);
        }
        let changed = trim.then(|| {
            decode_text(self.bytes(range), decode).trim_start_matches(char::is_whitespace).into()
        });
        Literal { range, decode, changed }
    }

    /// `${~` and `%{~` take the space off the end of the text before them.
    fn trim_before(&self, open: Token, parts: &mut [Part]) {
        if !self.bytes(open.range).ends_with(b"~") {
            return;
        }
        if let Some(Part::Literal(literal)) = parts.last_mut() {
            let text = literal.text(self);
            literal.changed = Some(text.trim_end_matches(char::is_whitespace).into());
        }
    }

    fn interpolation(&mut self, open: Range, end: Kind) -> ExprId {
        let expr = self.expression();
        let close = self.peek();
        if close.kind == Kind::SeqEnd && !self.recovering {
            self.read();
            return expr;
        }
        let unclosed = "Unclosed template interpolation sequence";
        let extra = "Extra characters after interpolation expression";
        match close.kind {
            Kind::Eof => {
                let detail = "There is no closing brace for this interpolation sequence before \
                              the end of the file. This might be caused by incorrect nesting \
                              inside the given expression.";
                self.error(unclosed, detail, open);
            }
            Kind::CQuote | Kind::OQuote if end == Kind::CQuote => {
                let detail = "There is no closing brace for this interpolation sequence before \
                              the end of the quoted template. This might be caused by incorrect \
                              nesting inside the given expression.";
                self.error(unclosed, detail, open);
            }
            Kind::Colon => {
                let detail = "Template interpolation doesn't expect a colon at this location. \
                              Did you intend this to be a literal sequence to be processed as \
                              part of another language? If so, you can escape it by starting \
                              with \"$${\" instead of just \"${\".";
                self.error_within(extra, detail, close.range, open);
            }
            _ => {
                let detail = "Expected a closing brace to end the interpolation expression, but \
                              found extra characters.\n\nThis can happen when you include \
                              interpolation syntax for another language, such as shell \
                              scripting, but forget to escape the interpolation start token. If \
                              this is an embedded sequence for another language, escape it by \
                              starting with \"$${\" instead of just \"${\".";
                self.error_within(extra, detail, close.range, open);
            }
        }
        self.recover(Kind::SeqEnd);
        expr
    }

    /// After `%{`: the directive and its closing brace.
    fn directive(&mut self, marker: Token, open: Range) -> Option<Part> {
        let Some(keyword) = self.eat(Kind::Ident) else {
            let at = self.peek().range;
            let detail = "A template directive keyword (\"if\", \"for\", etc) is expected at the \
                          beginning of a %{ sequence.";
            self.error_within("Invalid template directive", detail, at, marker.range);
            self.recover(Kind::SeqEnd);
            return None;
        };
        let Some(mut part) = self.directive_part(keyword, marker.range) else {
            self.recover(Kind::SeqEnd);
            return None;
        };
        let close = self.peek();
        if self.recovering || close.kind != Kind::SeqEnd {
            let summary = format!("Extra characters in {} marker", self.text(keyword.range));
            let detail =
                "Expected a closing brace to end the sequence, but found extra characters.";
            self.error_within(&summary, detail, close.range, open);
            self.recover(Kind::SeqEnd);
        } else {
            self.read();
        }
        let whole = marker.range.to(self.prev);
        match &mut part {
            Part::If { range, .. }
            | Part::For { range, .. }
            | Part::Else(range)
            | Part::EndIf(range)
            | Part::EndFor(range) => *range = whole,
            Part::Literal(_) | Part::Expr(_) => {}
        }
        Some(part)
    }

    fn directive_part(&mut self, keyword: Token, range: Range) -> Option<Part> {
        Some(match self.bytes(keyword.range) {
            b"if" => Part::If { condition: self.expression(), range },
            b"else" => Part::Else(range),
            b"endif" => Part::EndIf(range),
            b"endfor" => Part::EndFor(range),
            b"for" => {
                let names = self.for_names("Invalid 'for' directive", None, "For directive");
                let (key_var, value_var) = names?;
                Part::For { key_var, value_var, collection: self.expression(), range }
            }
            _ => {
                let given = self.text(keyword.range);
                let known = ["if", "for", "else", "endif", "endfor"];
                let hint = match name_suggestion(&given, known) {
                    Some(name) => format!(" Did you mean {name:?}?"),
                    None => String::new(),
                };
                let detail = format!("{given:?} is not a valid template control keyword.{hint}");
                let summary = "Invalid template control keyword";
                self.error_within(summary, detail, keyword.range, range);
                return None;
            }
        })
    }

    /// Joins pieces of text that follow one another.
    fn meld(&self, parts: Vec<Part>) -> Vec<Part> {
        let mut out: Vec<Part> = Vec::with_capacity(parts.len());
        for part in parts {
            match (out.last_mut(), part) {
                (Some(Part::Literal(last)), Part::Literal(next)) => {
                    if last.changed.is_some() || next.changed.is_some() {
                        let mut text = last.text(self);
                        text.push_str(&next.text(self));
                        last.changed = Some(text);
                    }
                    last.range.end = next.range.end;
                }
                (_, part) => out.push(part),
            }
        }
        out
    }

    // ---- Second pass: folding ----

    fn fold(&mut self, part: Part, folder: &mut Folder) -> ExprId {
        let unbalanced = "The control directives within this template are unbalanced.";
        let (name, range) = match part {
            Part::Literal(literal) => return self.literal_node(literal),
            Part::Expr(id) => return id,
            Part::If { condition, range } => {
                let folded = self.nested(|parser| parser.fold_if(condition, range, folder));
                return folded.unwrap_or_else(|| self.invalid(range));
            }
            Part::For { key_var, value_var, collection, range } => {
                let names = (key_var, value_var);
                let folded =
                    self.nested(|parser| parser.fold_for(names, collection, range, folder));
                return folded.unwrap_or_else(|| self.invalid(range));
            }
            Part::Else(range) => ("else", range),
            Part::EndIf(range) => ("endif", range),
            Part::EndFor(range) => ("endfor", range),
        };
        self.error_always(format!("Unexpected {name} directive"), unbalanced, range, None);
        self.invalid(range)
    }

    fn literal_node(&mut self, literal: Literal) -> ExprId {
        let node = match literal.changed {
            Some(text) => Node::Owned(self.store_string(text)),
            None => Node::Text(literal.decode),
        };
        self.push(node, literal.range, &[])
    }

    fn fold_if(&mut self, condition: ExprId, open: Range, folder: &mut Folder) -> ExprId {
        let base = self.children.len();
        let mut then = None;
        loop {
            match folder.parts.next() {
                None => {
                    let detail = format!(
                        "The if directive on line {} is missing its corresponding endif \
                         directive.",
                        self.line_of(open)
                    );
                    return self.unfinished(base, folder.end, "end of template", detail);
                }
                Some(Part::Else(range)) => {
                    if then.is_some() {
                        let detail = format!(
                            "Already in the else clause for the if started on line {}.",
                            self.line_of(open)
                        );
                        return self.unfinished(base, range, "else directive", detail);
                    }
                    then = Some(self.clause(base, Range::new(open.end, open.end)));
                }
                Some(Part::EndIf(range)) => {
                    let last = self.clause(base, Range::new(range.start, range.start));
                    let (then, otherwise) = match then {
                        Some(then) => (then, last),
                        None => (last, self.clause(base, Range::new(range.start, range.start))),
                    };
                    let node = Node::Conditional { condition, then, otherwise };
                    return self.push(node, open.to(range), &[condition, then, otherwise]);
                }
                Some(Part::EndFor(range)) => {
                    let detail = format!(
                        "Expecting an endif directive for the if started on line {}.",
                        self.line_of(open)
                    );
                    return self.unfinished(base, range, "endfor directive", detail);
                }
                Some(part) => {
                    let id = self.fold(part, folder);
                    self.children.push(id);
                }
            }
        }
    }

    fn fold_for(
        &mut self,
        (key_var, value_var): (Option<Range>, Range),
        collection: ExprId,
        open: Range,
        folder: &mut Folder,
    ) -> ExprId {
        let base = self.children.len();
        loop {
            match folder.parts.next() {
                None => {
                    let detail = format!(
                        "The for directive on line {} is missing its corresponding endfor \
                         directive.",
                        self.line_of(open)
                    );
                    return self.unfinished(base, folder.end, "end of template", detail);
                }
                Some(Part::Else(range)) => {
                    let detail = "An else clause is not expected for a for directive.".into();
                    return self.unfinished(base, range, "else directive", detail);
                }
                Some(Part::EndIf(range)) => {
                    let detail = format!(
                        "Expecting an endfor directive corresponding to the for directive on \
                         line {}.",
                        self.line_of(open)
                    );
                    return self.unfinished(base, range, "endif directive", detail);
                }
                Some(Part::EndFor(range)) => {
                    let value = self.clause(base, Range::new(open.end, open.end));
                    let whole = open.to(range);
                    self.tree.fors.push(ForNode {
                        key_var,
                        value_var,
                        collection,
                        key: None,
                        value,
                        condition: None,
                        group: false,
                        open,
                    });
                    let node = Node::For(self.tree.fors.len() as u32 - 1);
                    let tuple = self.push(node, whole, &[collection, value]);
                    return self.push(Node::Join(tuple), whole, &[tuple]);
                }
                Some(part) => {
                    let id = self.fold(part, folder);
                    self.children.push(id);
                }
            }
        }
    }

    /// The template of a directive's body. `at` is where it is if it is empty.
    fn clause(&mut self, base: usize, at: Range) -> ExprId {
        let parts = self.children.get(base..).unwrap_or_default();
        let range = match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => self.range(*first).to(self.range(*last)),
            _ => at,
        };
        self.push_list(base, range, |_, parts| Node::Template(parts))
    }

    fn unfinished(&mut self, base: usize, at: Range, what: &str, detail: String) -> ExprId {
        self.children.truncate(base);
        self.error_always(format!("Unexpected {what}"), detail, at, None);
        self.invalid(at)
    }
}

impl Literal {
    fn text(&self, parser: &Parser<'_>) -> String {
        match &self.changed {
            Some(text) => text.clone(),
            None => decode_text(parser.bytes(self.range), self.decode).into_owned(),
        }
    }
}

/// `<<-`: takes from each line's start as much space as the line with the least has. Lines of
/// nothing but space count for nothing and stay as they are. A line that starts with an
/// interpolation has no space.
fn dedent(parser: &Parser<'_>, parts: &mut [Part]) {
    let mut least = usize::MAX;
    let mut line_starts = Vec::new();
    let mut at_line_start = true;
    for (index, part) in parts.iter().enumerate() {
        let text = match part {
            Part::Literal(literal) => literal.text(parser),
            _ => String::new(),
        };
        if std::mem::replace(&mut at_line_start, text.ends_with('\n')) {
            let body = text.trim_start_matches(char::is_whitespace);
            if !(body.is_empty() && text.ends_with('\n')) {
                least = least.min(text.chars().count() - body.chars().count());
                line_starts.push(index);
            }
        }
    }
    for index in line_starts {
        if let Some(Part::Literal(literal)) = parts.get_mut(index)
            && least > 0
        {
            literal.changed = Some(literal.text(parser).chars().skip(least).collect());
        }
    }
}
