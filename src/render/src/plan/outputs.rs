//! Changes of the root module's outputs.

use std::fmt::Write as _;

use groma_engine::OutputChange;
use groma_value::Marks;

use crate::change::{self, Canvas};
use crate::style::Style;

/// A line or more for each output that changes, aligned with those that do not; empty if none does.
pub fn output_changes(outputs: &[OutputChange], style: Style) -> String {
    let canvas = Canvas { style, symbols: true, unchanged: false };
    // In bytes, where what is filled up is counted in characters: the columns are Terraform's.
    let width = outputs.iter().map(|output| output.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for output in outputs {
        let marks = if output.sensitive { Marks::SENSITIVE } else { Marks::NONE };
        let [before, after] =
            [&output.before, &output.after].map(|v| v.unmark_deep().0.with_marks(marks));
        let node = change::output(Some(&before), Some(&after));
        if node.action != change::Action::NoOp {
            let lead = change::lead(&node, canvas);
            let value = change::draw(&node, canvas);
            let _ = writeln!(out, "{lead}{:<width$} = {value}", output.name);
        }
    }
    out
}
