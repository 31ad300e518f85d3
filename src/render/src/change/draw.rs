//! A tree of differences as text.
//!
//! Each level is four columns deeper; an action symbol stands in the two columns before a name.
//! When a state is drawn there are no symbols, and no columns for them.

use std::fmt::Write as _;

use groma_value::Value;

use super::{Action, Body, Hidden, NestedBlocks, Node, text};
use crate::console::quote;
use crate::style::{Color, Style};

/// How trees are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// Colours.
    pub style: Style,
    /// Whether actions are shown: in a plan, not in a state.
    pub symbols: bool,
    /// Whether what does not change is shown too.
    pub unchanged: bool,
}

/// What a node inherits from where it stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) level: usize,
    /// Whether a deletion says `-> null`; only the outermost does.
    null_suffix: bool,
    /// Whether what does not change is shown too.
    unchanged: bool,
}

/// Attributes that identify an object: shown though unchanged.
const IMPORTANT: [&str; 3] = ["id", "name", "tags"];

/// Draws `node`, whose first line continues a line at the outermost level.
pub fn draw(node: &Node, canvas: Canvas) -> String {
    canvas.node(node, Place { level: 0, null_suffix: true, unchanged: canvas.unchanged })
}

/// The columns before the name of an outermost node, with its symbol.
pub fn lead(node: &Node, canvas: Canvas) -> String {
    canvas.lead(0, node.action)
}

impl Place {
    pub(super) fn inner(self) -> Self {
        Self { level: self.level + 1, null_suffix: false, ..self }
    }

    pub(super) fn showing_all(self) -> Self {
        Self { unchanged: true, ..self }
    }

    pub(super) fn without_null(self) -> Self {
        Self { null_suffix: false, ..self }
    }

    fn argument(self) -> Self {
        Self { level: self.level + 1, ..self }
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

    pub(super) fn null(self) -> String {
        self.style.paint(Color::Dim, "null").to_string()
    }

    pub(super) fn arrow(self) -> String {
        self.style.paint(Color::Yellow, "->").to_string()
    }

    pub(super) fn node(self, node: &Node, place: Place) -> String {
        match &node.body {
            Body::Primitive { before, after } => self.scalars(
                node,
                place,
                &self.primitive(before.as_ref()),
                &self.primitive(after.as_ref()),
            ),
            Body::Text { before, after } => {
                text::draw(self, node, place, before.as_ref(), after.as_ref())
            }
            Body::Unknown { before: None } => format!("(known after apply){}", self.forces(node)),
            Body::Unknown { before: Some(before) } => format!(
                "{} -> (known after apply){}",
                self.node(before, place.without_null()),
                self.forces(node)
            ),
            Body::Sensitive(_) => format!("(sensitive value){}", self.suffix(node, place)),
            Body::WriteOnly => format!("(write-only attribute){}", self.suffix(node, place)),
            Body::SensitiveBlock(_) => self.hidden_block(node, place),
            Body::Object(attributes) => self.object(node, place, attributes),
            Body::Map(elements) => self.map(node, place, elements),
            Body::List(items) => self.sequence(node, place, items, true),
            Body::Set(items) => self.sequence(node, place, items, false),
            Body::Block { attributes, blocks } => self.block(node, place, attributes, blocks),
            Body::TypeChange { before, after } => self.type_change(place, before, after),
        }
    }

    pub(super) fn type_change(self, place: Place, before: &Node, after: &Node) -> String {
        let place = place.without_null();
        format!("{} {} {}", self.node(before, place), self.arrow(), self.node(after, place))
    }

    fn primitive(self, value: Option<&Value>) -> String {
        let Some(value) = value else { return self.null() };
        if let Some(number) = value.as_number() {
            number.to_string()
        } else if let Some(truth) = value.as_bool() {
            truth.to_string()
        } else {
            self.null()
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

    /// `key = value`, the value drawn at `place`, with a note above where there is one.
    fn entry(self, out: &mut String, key: &str, width: usize, child: &Node, place: Place) {
        out.push_str(&warnings(self, child, place.level));
        let lead = self.lead(place.level, child.action);
        let _ = writeln!(out, "{lead}{key:<width$} = {}", self.node(child, place));
    }

    fn object(self, node: &Node, place: Place, attributes: &[(String, Node)]) -> String {
        if attributes.is_empty() {
            return format!("{{}}{}", self.suffix(node, place));
        }
        let mut out = format!("{{{}\n", self.forces(node));
        self.attributes(&mut out, attributes, place.inner());
        out + &self.close(place.level) + "}" + &self.null_suffix(node, place)
    }

    /// What identifies an object is shown though it does not change.
    fn attributes(self, out: &mut String, attributes: &[(String, Node)], place: Place) {
        let keys: Vec<_> = attributes.iter().map(|(key, _)| object_key(key)).collect();
        // Bytes, where what is filled up is counted in characters: the columns are the oracle's.
        let width = keys.iter().map(String::len).max().unwrap_or(0);
        let mut hidden = 0;
        for ((name, child), key) in attributes.iter().zip(&keys) {
            if IMPORTANT.contains(&name.as_str()) {
                self.entry(out, key, width, child, place.showing_all());
            } else if child.action == Action::NoOp && !place.unchanged {
                hidden += 1;
            } else {
                self.entry(out, key, width, child, place);
            }
        }
        if hidden > 0 {
            out.push_str(&self.hidden(place.level, hidden, "attribute"));
        }
    }

    fn map(self, node: &Node, place: Place, elements: &[(String, Node)]) -> String {
        if elements.is_empty() {
            return format!("{{}}{}", self.suffix(node, place));
        }
        let width = elements.iter().map(|(key, _)| key.len() + 2).max().unwrap_or(0);
        let inner = Place { null_suffix: node.action != Action::Delete, ..place.inner() };
        let mut out = format!("{{{}\n", self.forces(node));
        let mut hidden = 0;
        for (key, child) in elements {
            if child.action == Action::NoOp && !place.unchanged {
                hidden += 1;
            } else {
                self.entry(&mut out, &quote(key), width, child, inner);
            }
        }
        if hidden > 0 {
            out.push_str(&self.hidden(inner.level, hidden, "element"));
        }
        out + &self.close(place.level) + "}" + &self.null_suffix(node, place)
    }

    /// With `context`, an unchanged element stays visible next to a changed one.
    fn sequence(self, node: &Node, place: Place, items: &[Node], context: bool) -> String {
        if items.is_empty() {
            return format!("[]{}", self.suffix(node, place));
        }
        let mut out = format!("[{}\n", self.forces(node));
        let inner = place.inner();
        let mut hidden = 0;
        let changed = |i: usize| items.get(i).is_some_and(|item| item.action != Action::NoOp);
        for (i, item) in items.iter().enumerate() {
            let stays = item.action == Action::NoOp;
            let near = context && (changed(i + 1) || i.checked_sub(1).is_some_and(changed));
            if stays && !place.unchanged && !near {
                hidden += 1;
                continue;
            }
            if hidden > 0 && context {
                out.push_str(&self.hidden(inner.level, std::mem::take(&mut hidden), "element"));
            }
            out.push_str(&warnings(self, item, inner.level));
            let value = self.node(item, if stays { inner.showing_all() } else { inner });
            let _ = writeln!(out, "{}{value},", self.lead(inner.level, item.action));
        }
        if hidden > 0 {
            out.push_str(&self.hidden(inner.level, hidden, "element"));
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
        self.attributes(&mut out, attributes, place.argument());
        out.push_str(&self.nested_blocks(place, blocks, !attributes.is_empty()));
        out + &self.close(place.level) + "}"
    }

    fn nested_blocks(self, place: Place, blocks: &[NestedBlocks], after: bool) -> String {
        let mut out = String::new();
        let mut hidden = 0;
        for (ty, nodes) in blocks {
            let mut first = true;
            for (label, child) in nodes {
                if child.action == Action::NoOp && !place.unchanged {
                    hidden += 1;
                    continue;
                }
                if std::mem::take(&mut first) && after {
                    out.push('\n');
                }
                out.push_str(&warnings(self, child, place.level + 1));
                let label = label.as_ref().map_or_else(String::new, |l| format!("{} ", quote(l)));
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
    let (what, hidden) = match node.body {
        Body::Sensitive(hidden) => ("attribute value", hidden),
        Body::SensitiveBlock(hidden) => ("block", hidden),
        _ => return String::new(),
    };
    let Hidden { before, after, inner } = hidden;
    if before == after || matches!(inner, Action::Create | Action::Delete) {
        return String::new();
    }
    let is_value = matches!(node.body, Body::Sensitive(_));
    let lead = format!("{}  ", " ".repeat(4 * level));
    let warning = canvas.style.paint(Color::Yellow, "Warning");
    let tail = if is_value && inner == Action::NoOp { " The value is unchanged." } else { "" };
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

/// A name as it would be written: bare if it is an identifier.
fn object_key(key: &str) -> String {
    let mut chars = key.chars();
    let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    if starts && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
        key.to_owned()
    } else {
        quote(key)
    }
}
