//! A tree of differences as text.
//!
//! Each level is four columns deeper; an action symbol stands in the two columns before a name.
//! When a state is drawn there are no symbols, and no columns for them.

use std::fmt::Write as _;

use groma_value::Value;

use super::{Action, Body, NestedBlocks, Node, text};
use crate::style::{Color, Style};

/// How trees are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// Colours.
    pub style: Style,
    /// Whether actions are shown: in a plan, not in a state.
    pub symbols: bool,
}

/// What a node inherits from where it stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) level: usize,
    /// Whether a deletion says `-> null`; only the outermost does.
    null_suffix: bool,
}

/// Attributes that identify an object: shown though unchanged.
const IMPORTANT: [&str; 3] = ["id", "name", "tags"];

/// Draws `node`, whose first line continues a line at `level`.
pub fn draw(node: &Node, canvas: Canvas, level: usize) -> String {
    canvas.node(node, Place { level, null_suffix: true })
}

/// The columns before the name of an outermost node, with its symbol.
pub fn lead(node: &Node, canvas: Canvas) -> String {
    canvas.lead(0, node.action)
}

impl Place {
    pub(super) fn inner(self) -> Self {
        Self { level: self.level + 1, null_suffix: false }
    }

    pub(super) fn without_null(self) -> Self {
        Self { null_suffix: false, ..self }
    }

    fn argument(self) -> Self {
        Self { level: self.level + 1, null_suffix: true }
    }
}

impl Canvas {
    /// The indentation of a line at `level`, with the symbol of an action.
    pub(super) fn lead(self, level: usize, action: Action) -> String {
        let indent = " ".repeat(4 * level);
        if !self.symbols {
            return indent;
        }
        let (symbol, color) = match action {
            Action::NoOp => return format!("{indent}    "),
            Action::Create => ('+', Color::Green),
            Action::Update => ('~', Color::Yellow),
            Action::Delete => ('-', Color::Red),
        };
        format!("{indent}  {} ", self.style.paint(color, symbol))
    }

    fn suffix(self, node: &Node, place: Place) -> String {
        format!("{}{}", self.null_suffix(node, place), self.forces(node))
    }

    pub(super) fn null_suffix(self, node: &Node, place: Place) -> String {
        if node.action == Action::Delete && place.null_suffix && self.symbols {
            self.style.paint(Color::Dim, " -> null").to_string()
        } else {
            String::new()
        }
    }

    pub(super) fn forces(self, node: &Node) -> String {
        if node.forces_replacement {
            self.style.paint(Color::Red, " # forces replacement").to_string()
        } else {
            String::new()
        }
    }

    pub(super) fn arrow(self) -> String {
        self.style.paint(Color::Yellow, "->").to_string()
    }

    pub(super) fn node(self, node: &Node, place: Place) -> String {
        match &node.body {
            Body::Primitive { before, after } => {
                self.scalars(node, place, &primitive(before.as_ref()), &primitive(after.as_ref()))
            }
            Body::Text { before, after } => {
                text::draw(self, node, place, before.as_ref(), after.as_ref())
            }
            Body::Unknown { before: None } => format!("(known after apply){}", self.forces(node)),
            Body::Unknown { before: Some(before) } => format!(
                "{} {} (known after apply){}",
                self.node(before, place.without_null()),
                self.arrow(),
                self.forces(node)
            ),
            Body::Sensitive { .. } => format!("(sensitive value){}", self.suffix(node, place)),
            Body::WriteOnly => format!("(write-only attribute){}", self.suffix(node, place)),
            Body::SensitiveBlock { .. } => self.hidden_block(node, place),
            Body::Object(attributes) => {
                self.mapping(node, place, attributes, "attribute", object_key)
            }
            Body::Map(elements) => self.mapping(node, place, elements, "element", quoted),
            Body::List(items) => self.sequence(node, place, items, true),
            Body::Set(items) => self.sequence(node, place, items, false),
            Body::Block { attributes, blocks } => self.block(node, place, attributes, blocks),
            Body::TypeChange { before, after } => {
                let place = place.without_null();
                let (before, after) = (self.node(before, place), self.node(after, place));
                format!("{before} {} {after}{}", self.arrow(), self.forces(node))
            }
        }
    }

    /// `a`, `a -> b` or `a -> null`, by action.
    pub(super) fn scalars(self, node: &Node, place: Place, before: &str, after: &str) -> String {
        match node.action {
            Action::Create => format!("{after}{}", self.forces(node)),
            Action::Delete => format!("{before}{}", self.suffix(node, place)),
            Action::NoOp => format!("{before}{}", self.forces(node)),
            Action::Update => {
                format!("{before} {} {after}{}", self.arrow(), self.forces(node))
            }
        }
    }

    fn hidden(self, level: usize, count: usize, what: &str) -> String {
        let s = if count == 1 { "" } else { "s" };
        let note = format!("# ({count} unchanged {what}{s} hidden)");
        format!("{}{}\n", self.lead(level, Action::NoOp), self.style.paint(Color::Dim, note))
    }

    fn close(self, level: usize) -> String {
        self.lead(level, Action::NoOp)
    }

    /// Whether an unchanged part of a changed whole is left out.
    fn skips(self, whole: &Node, part: &Node) -> bool {
        self.symbols && whole.action == Action::Update && part.action == Action::NoOp
    }

    fn mapping(
        self,
        node: &Node,
        place: Place,
        entries: &[(String, Node)],
        what: &str,
        show_key: fn(&str) -> String,
    ) -> String {
        if entries.is_empty() {
            return format!("{{}}{}", self.suffix(node, place));
        }
        let keys: Vec<String> = entries.iter().map(|(key, _)| show_key(key)).collect();
        let width = keys.iter().map(|key| key.chars().count()).max().unwrap_or(0);
        let mut out = format!("{{{}\n", self.forces(node));
        let mut hidden = 0;
        for ((_, child), key) in entries.iter().zip(&keys) {
            if self.skips(node, child) {
                hidden += 1;
                continue;
            }
            out.push_str(&warnings(self, child, place.level + 1));
            let value = self.node(child, place.inner());
            let lead = self.lead(place.level + 1, child.action);
            let _ = writeln!(out, "{lead}{key:<width$} = {value}");
        }
        if hidden > 0 {
            out.push_str(&self.hidden(place.level + 1, hidden, what));
        }
        out + &self.close(place.level) + "}" + &self.null_suffix(node, place)
    }

    /// With `context`, an unchanged element stays visible next to a changed one.
    fn sequence(self, node: &Node, place: Place, items: &[Node], context: bool) -> String {
        if items.is_empty() {
            return format!("[]{}", self.suffix(node, place));
        }
        let mut out = format!("[{}\n", self.forces(node));
        let mut hidden = 0;
        let changed = |i: usize| items.get(i).is_some_and(|item| item.action != Action::NoOp);
        for (i, item) in items.iter().enumerate() {
            let near = context && (changed(i + 1) || i.checked_sub(1).is_some_and(changed));
            if self.skips(node, item) && !near {
                hidden += 1;
                continue;
            }
            if hidden > 0 && context {
                out.push_str(&self.hidden(place.level + 1, std::mem::take(&mut hidden), "element"));
            }
            out.push_str(&warnings(self, item, place.level + 1));
            let value = self.node(item, place.inner());
            let _ = writeln!(out, "{}{value},", self.lead(place.level + 1, item.action));
        }
        if hidden > 0 {
            out.push_str(&self.hidden(place.level + 1, hidden, "element"));
        }
        out + &self.close(place.level) + "]" + &self.null_suffix(node, place)
    }

    fn hidden_block(self, node: &Node, place: Place) -> String {
        let lead = self.lead(place.level + 1, Action::NoOp);
        format!(
            "{{{}\n{lead}# At least one attribute in this block is (or was) sensitive,\n\
             {lead}# so its contents will not be displayed.\n{}}}",
            self.forces(node),
            self.close(place.level)
        )
    }

    fn block(
        self,
        node: &Node,
        place: Place,
        attributes: &[(String, Node)],
        blocks: &[NestedBlocks],
    ) -> String {
        if attributes.is_empty() && blocks.is_empty() {
            return format!("{{}}{}", self.forces(node));
        }
        let mut out = format!("{{{}\n", self.forces(node));
        let keys: Vec<String> = attributes.iter().map(|(key, _)| object_key(key)).collect();
        let width = keys.iter().map(|key| key.chars().count()).max().unwrap_or(0);
        let mut hidden = 0;
        for ((name, child), key) in attributes.iter().zip(&keys) {
            if self.skips(node, child) && !IMPORTANT.contains(&name.as_str()) {
                hidden += 1;
                continue;
            }
            out.push_str(&warnings(self, child, place.level + 1));
            let value = self.node(child, place.argument());
            let lead = self.lead(place.level + 1, child.action);
            let _ = writeln!(out, "{lead}{key:<width$} = {value}");
        }
        if hidden > 0 {
            out.push_str(&self.hidden(place.level + 1, hidden, "attribute"));
        }
        out.push_str(&self.nested_blocks(node, place, blocks));
        out + &self.close(place.level) + "}"
    }

    fn nested_blocks(self, node: &Node, place: Place, blocks: &[NestedBlocks]) -> String {
        let mut out = String::new();
        let mut hidden = 0;
        for (ty, nodes) in blocks {
            let mut first = true;
            for (label, child) in nodes {
                if self.skips(node, child) {
                    hidden += 1;
                    continue;
                }
                if std::mem::take(&mut first) {
                    out.push('\n');
                }
                out.push_str(&warnings(self, child, place.level + 1));
                let label = label.as_ref().map_or_else(String::new, |l| format!("{} ", quoted(l)));
                let value = self.node(child, place.argument());
                let lead = self.lead(place.level + 1, child.action);
                let _ = writeln!(out, "{lead}{} {label}{value}", object_key(ty));
            }
        }
        if hidden > 0 {
            let _ = write!(out, "\n{}", self.hidden(place.level + 1, hidden, "block"));
        }
        out
    }
}

/// A note above a value whose sensitivity changes.
fn warnings(canvas: Canvas, node: &Node, level: usize) -> String {
    let (what, before, after, unchanged) = match node.body {
        Body::Sensitive { before, after, unchanged } => {
            ("attribute value", before, after, unchanged)
        }
        Body::SensitiveBlock { before, after, unchanged } => ("block", before, after, unchanged),
        _ => return String::new(),
    };
    if before == after || matches!(node.action, Action::Create | Action::Delete) || !canvas.symbols
    {
        return String::new();
    }
    let lead = canvas.lead(level, Action::NoOp);
    let lead = lead.strip_suffix("  ").unwrap_or(&lead);
    let warning = canvas.style.paint(Color::Yellow, "Warning");
    let tail = if unchanged { " The value is unchanged." } else { "" };
    if before {
        format!(
            "{lead}# {warning}: this {what} will no longer be marked as sensitive\n\
             {lead}# after applying this change.{tail}\n"
        )
    } else {
        format!(
            "{lead}# {warning}: this {what} will be marked as sensitive and will not\n\
             {lead}# display in UI output after applying this change.{tail}\n"
        )
    }
}

pub(super) fn primitive(value: Option<&Value>) -> String {
    let Some(value) = value else { return "null".to_owned() };
    if let Some(number) = value.as_number() {
        number.to_string()
    } else if let Some(truth) = value.as_bool() {
        truth.to_string()
    } else if value.is_known() {
        "null".to_owned()
    } else {
        "(known after apply)".to_owned()
    }
}

/// A name as it would be written: bare if it is an identifier.
fn object_key(key: &str) -> String {
    let mut chars = key.chars();
    let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    if starts && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
        key.to_owned()
    } else {
        quoted(key)
    }
}

fn quoted(text: &str) -> String {
    text::quoted(text)
}
