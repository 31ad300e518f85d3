//! Changes of the root module's outputs.

use std::fmt::Write as _;

use groma_engine::{Action, OutputChange};
use groma_value::Marks;

use crate::change::{self, Canvas};
use crate::style::Style;

/// A line or more for each output that changes, aligned; empty if none does.
pub fn output_changes(outputs: &[OutputChange], style: Style) -> String {
    let canvas = Canvas { style, symbols: true, unchanged: false };
    let changed: Vec<&OutputChange> =
        outputs.iter().filter(|output| output.action != Action::NoOp).collect();
    let width = changed.iter().map(|output| output.name.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for output in changed {
        let mark = |value: &groma_value::Value| {
            let marks = if output.sensitive { Marks::SENSITIVE } else { Marks::NONE };
            value.clone().with_marks(marks)
        };
        let before = (output.action != Action::Create).then(|| mark(&output.before));
        let after = (output.action != Action::Delete).then(|| mark(&output.after));
        let node = change::output(before.as_ref(), after.as_ref());
        let lead = change::lead(&node, canvas);
        let _ = writeln!(out, "{lead}{:<width$} = {}", output.name, change::draw(&node, canvas));
    }
    out
}
