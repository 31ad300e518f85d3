//! Diagnostics for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use groma_diag::{Diagnostic, Diagnostics, Severity, SourceFile, SourceMap, Span};
use unicode_segmentation::UnicodeSegmentation as _;

use super::context::enclosing_block;
use super::order;
use crate::style::{Color, Style, wrap};

/// One diagnostic with its source lines, ended by a newline. With colours it stands in a box, as
/// Terraform draws it; without, it is plain paragraphs.
pub fn diagnostic_text(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let (title, color, frame) = match diagnostic.severity {
        Severity::Error => ("Error: ", Color::BoldRed, Color::Red),
        Severity::Warning => ("Warning: ", Color::BoldYellow, Color::Yellow),
    };
    let mut body = String::new();
    let _ = writeln!(
        body,
        "{}{}",
        style.paint(color, title),
        style.paint(Color::Bold, &diagnostic.summary)
    );
    let place = place_text(diagnostic, sources, style);
    if !place.is_empty() {
        let _ = write!(body, "\n{place}");
    }
    if !diagnostic.detail.is_empty() {
        body.push('\n');
        let width = style.width.saturating_sub(if style.color { 2 } else { 0 });
        for line in wrap(&diagnostic.detail, width) {
            let _ = writeln!(body, "{line}");
        }
    }
    if style.color { boxed(&body, frame, style) } else { format!("\n{body}") }
}

fn boxed(body: &str, color: Color, style: Style) -> String {
    let mut out = format!("{}\n", style.paint(color, "╷"));
    for line in body.lines() {
        let _ = writeln!(out, "{} {line}", style.paint(color, "│"));
    }
    let _ = writeln!(out, "{}", style.paint(color, "╵"));
    out
}

fn place_text(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let mut out = String::new();
    if let Some(address) = &diagnostic.address {
        let comma = if diagnostic.subject.is_some() { "," } else { "" };
        let _ = writeln!(out, "  with {address}{comma}");
    }
    let Some(subject) = diagnostic.subject else { return out };
    let Some(file) = sources.get(subject.file) else { return out };
    let start = file.position(subject.start);
    let _ = write!(out, "  on {} line {}", file.path(), start.line);
    if let Some(header) = enclosing_block(&file, subject) {
        let _ = write!(out, ", in {header}");
    }
    out.push_str(":\n");
    if !file.is_shown() {
        out.push_str("  (source code not available)\n");
        return out;
    }
    snippet_text(&mut out, &file, subject, diagnostic.context, style);
    if diagnostic.function_call.is_some() || !diagnostic.values.is_empty() {
        values_text(&mut out, diagnostic, style);
    }
    out
}

fn snippet_text(
    out: &mut String,
    file: &SourceFile,
    subject: Span,
    context: Option<Span>,
    style: Style,
) {
    let snippet = file.snippet(subject, context);
    let (from, to) = (snippet.highlight_start, snippet.highlight_end);
    let mut at = 0;
    for (number, line) in (snippet.start_line..).zip(snippet.code.split('\n')) {
        let text = line.trim_end_matches('\r');
        let marked = from.clamp(at, at + text.len()) - at..to.clamp(at, at + text.len()) - at;
        let holds_start = (at..=at + text.len()).contains(&from);
        if style.color {
            let (head, tail) = (&text[..marked.start], &text[marked.end..]);
            let middle = style.paint(Color::Underline, &text[marked]);
            let _ = writeln!(out, "{number:>4}: {head}{middle}{tail}");
        } else {
            let _ = writeln!(out, "{number:>4}: {text}");
            if holds_start {
                let lead: String =
                    text[..marked.start].chars().map(|c| if c == '\t' { c } else { ' ' }).collect();
                let carets = text[marked].graphemes(true).count().max(1);
                let _ = writeln!(out, "      {lead}{}", "^".repeat(carets));
            }
        }
        at += line.len() + 1;
    }
}

fn values_text(out: &mut String, diagnostic: &Diagnostic, style: Style) {
    let _ = writeln!(out, "    {}", style.paint(Color::Dim, "├────────────────"));
    let bar = style.paint(Color::Dim, "│").to_string();
    let bold = |text| style.paint(Color::Bold, text).to_string();
    if let Some(call) = &diagnostic.function_call {
        let signature = &call.signature;
        let mut parameters: Vec<String> =
            signature.parameters.iter().map(|parameter| parameter.name.clone()).collect();
        parameters
            .extend(signature.variadic.iter().map(|variadic| format!("{}...", variadic.name)));
        let (name, parameters) = (&call.called_as, parameters.join(", "));
        let _ = writeln!(out, "    {bar} while calling {}({parameters})", bold(name));
    }
    for value in &diagnostic.values {
        let _ = writeln!(out, "    {bar} {} {}", bold(&value.traversal), value.statement);
    }
}

/// All of them as people read them: warnings first, by place, and those of one title as one. Under
/// `compact`, and if there is no error, only the titles of warnings.
pub fn render_all(
    diagnostics: &Diagnostics,
    sources: &SourceMap,
    style: Style,
    compact: bool,
) -> String {
    let sorted = order::sorted(diagnostics, sources);
    if compact && !diagnostics.is_empty() && !diagnostics.has_errors() {
        return compact_warnings(&sorted, sources, style);
    }
    let said = order::consolidated(&sorted);
    said.iter().map(|diagnostic| diagnostic_text(diagnostic, sources, style)).collect()
}

/// Warnings as one list of titles, each with its first place and how many more there are.
pub fn compact_warnings(warnings: &[&Diagnostic], sources: &SourceMap, style: Style) -> String {
    let mut groups: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for warning in warnings {
        groups.entry(&warning.summary).or_default().push(warning);
    }
    let mut out = format!("\n{}\n\n", style.paint(Color::BoldYellow, "Warnings:"));
    for (summary, group) in groups {
        let _ = writeln!(out, "- {summary}");
        if let Some(span) = group.iter().find_map(|d| d.subject)
            && let Some(file) = sources.get(span.file)
        {
            let _ = write!(out, "  on {} line {}", file.path(), file.position(span.start).line);
            if group.len() > 1 {
                let _ = write!(out, " (and {} more)", group.len() - 1);
            }
            out.push('\n');
        }
    }
    out.push_str("\nTo see the full warning notes, run Groma without -compact-warnings.\n");
    out
}
