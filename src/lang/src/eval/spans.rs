//! Places within an expression that the syntax tree does not keep, worked out for messages.

use groma_diag::{SourceMap, Span};

use crate::syntax::{ExprKind, ExprRef};

/// The brackets of `collection[key]`.
pub(super) fn bracket(index: ExprRef<'_>, collection: ExprRef<'_>) -> Span {
    after(index, collection, "[")
        .map_or(index.span(), |(start, _)| Span::new(index.file(), start, index.span().end))
}

/// The `[*]` or `.*` of a splat.
pub(super) fn splat_marker(splat: ExprRef<'_>, source: ExprRef<'_>, full: bool) -> Span {
    let span = splat.span();
    let (open, close) = if full { ("[", "]") } else { (".", "*") };
    let marker = after(splat, source, open).map(|(start, rest)| {
        let end = rest.find(close).map_or(span.end, |at| start + (at + close.len()) as u32);
        Span::new(splat.file(), start, end)
    });
    marker.unwrap_or(span)
}

/// Where `token` first stands in `expr` after its part `part`, and the text from there on.
fn after(expr: ExprRef<'_>, part: ExprRef<'_>, token: &str) -> Option<(u32, String)> {
    let from = part.span().end;
    let source = expr.source();
    let rest = source.get(from.checked_sub(expr.span().start)? as usize..)?;
    let at = rest.find(token)?;
    Some((from + at as u32, rest.get(at..)?.to_owned()))
}

/// Where an expression starts: enough of it to point at, where all of it would be too much. An
/// argument of a function is pointed at so.
pub fn start(expr: ExprRef<'_>) -> Span {
    let span = expr.span();
    let first_byte = Span::new(span.file, span.start, span.start + 1);
    match expr.kind() {
        ExprKind::Template(parts) => parts.first().map_or(span, |part| start(*part)),
        ExprKind::Literal(value) if value.as_str().is_some() => text(expr),
        ExprKind::TemplateFor(for_) => for_.open_span,
        ExprKind::Index { collection, .. } => {
            let bracket = bracket(expr, collection);
            Span::new(bracket.file, bracket.start, bracket.start + 1)
        }
        ExprKind::Splat { source, full, .. } => splat_marker(expr, source, full),
        ExprKind::Parens(inner) => start(inner),
        ExprKind::Conditional { condition, .. } => start(condition),
        ExprKind::Binary { left, .. } => start(left),
        ExprKind::Unary { .. } | ExprKind::Tuple(_) | ExprKind::Object(_) | ExprKind::For(_) => {
            first_byte
        }
        ExprKind::Call(call) => call.name_span.to(call.open_span),
        _ => span,
    }
}

/// The text of a string without its quotes, or of a heredoc without its markers.
fn text(string: ExprRef<'_>) -> Span {
    let span = string.span();
    let source = string.source();
    let (from, to) = if source.len() > 2 && source.starts_with('"') {
        (1, source.len() - 1)
    } else if source.starts_with("<<") {
        let first = source.find('\n').map_or(0, |at| at + 1);
        (first, source.trim_end().rfind('\n').map_or(source.len(), |at| at + 1))
    } else {
        return span;
    };
    Span::new(span.file, span.start + from as u32, span.start + to as u32)
}

/// `main.tf:1,9-13`: where a span is, for the text of a message. `None` if it is in no file of
/// `sources`.
pub fn describe_range(sources: &SourceMap, span: Span) -> Option<String> {
    let file = sources.get(span.file)?;
    let (from, to) = (file.position(span.start), file.position(span.end));
    let (path, line, column) = (file.path(), from.line, from.column);
    Some(if from.line == to.line {
        format!("{path}:{line},{column}-{}", to.column)
    } else {
        format!("{path}:{line},{column}-{},{}", to.line, to.column)
    })
}
