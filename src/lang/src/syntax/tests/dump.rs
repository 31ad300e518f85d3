//! Expressions as S-expressions.

use crate::syntax::node::{Node, StepNodeKind};
use crate::syntax::{ExprKind, ExprRef, For, ForResult};

/// One line that shows all of the structure.
pub(super) fn dump(expr: ExprRef<'_>) -> String {
    match expr.tree.node(expr.id) {
        Node::Number => return expr.source().into_owned(),
        Node::Traversal { steps, root_end } => {
            let mut out = expr
                .tree
                .str(crate::syntax::node::Range { end: root_end, ..expr.tree.range(expr.id) })
                .to_owned();
            for step in expr.tree.steps(steps) {
                out.push_str(&step_text(expr, step.kind));
            }
            return out;
        }
        Node::Relative { source, steps } => {
            let steps = expr.tree.steps(steps).iter();
            let steps: String = steps.map(|step| step_text(expr, step.kind)).collect();
            return format!("(get {} {steps})", dump(expr.at(source)));
        }
        _ => {}
    }
    match expr.kind() {
        ExprKind::Invalid => "INVALID".into(),
        ExprKind::Literal(value) => match (value.as_str(), value.as_bool()) {
            (Some(text), _) => format!("{:?}", text.as_str()),
            (_, Some(truth)) => truth.to_string(),
            _ => "null".into(),
        },
        ExprKind::Template(parts) => list("tmpl", parts),
        ExprKind::TemplateWrap(inner) => list("wrap", [inner]),
        ExprKind::TemplateFor(node) => for_text("tfor", &node),
        ExprKind::Traversal(_) | ExprKind::Relative(..) => String::new(),
        ExprKind::Index { collection, key } => list("index", [collection, key]),
        ExprKind::Splat { source, each, full } => {
            list(if full { "splat[*]" } else { "splat.*" }, [source, each])
        }
        ExprKind::SplatItem => "@".into(),
        ExprKind::Parens(inner) => list("paren", [inner]),
        ExprKind::Conditional { condition, then, otherwise } => {
            list("if", [condition, then, otherwise])
        }
        ExprKind::Binary { op, left, right } => list(op.symbol(), [left, right]),
        ExprKind::Unary { op, operand } => list(&format!("{op:?}").to_lowercase(), [operand]),
        ExprKind::Tuple(items) => list("tuple", items),
        ExprKind::Object(items) | ExprKind::JsonObject(items) => {
            let pairs = items.into_iter().flat_map(|item| [item.key, item.value]);
            list("object", pairs)
        }
        ExprKind::For(node) => for_text("for", &node),
        ExprKind::Call(call) => {
            list(&format!("{}{}", call.name, if call.expand { "..." } else { "" }), call.args)
        }
        ExprKind::JsonString(text) => match text.template() {
            Some((template, _)) => list("json", [template]),
            None => format!("(json {:?})", text.literal()),
        },
    }
}

fn step_text(expr: ExprRef<'_>, kind: StepNodeKind) -> String {
    match kind {
        StepNodeKind::Attr(name) => format!(".{}", expr.tree.str(name)),
        StepNodeKind::Number(number) => format!("[{}]", expr.tree.str(number)),
        StepNodeKind::Text(text) => format!("[{:?}]", expr.tree.str(text)),
    }
}

fn list<'a>(head: &str, items: impl IntoIterator<Item = ExprRef<'a>>) -> String {
    let words = std::iter::once(head.to_owned()).chain(items.into_iter().map(dump));
    format!("({})", words.collect::<Vec<_>>().join(" "))
}

fn for_text(head: &str, node: &For<'_>) -> String {
    let names = match node.key_var {
        Some(key) => format!("{key},{}", node.value_var),
        None => node.value_var.into(),
    };
    let result = match node.result {
        ForResult::Tuple(value) => dump(value),
        ForResult::Object { key, value, group } => {
            format!("{} => {}{}", dump(key), dump(value), if group { "..." } else { "" })
        }
    };
    let condition = node.condition.map(|c| format!(" if {}", dump(c))).unwrap_or_default();
    format!("({head} {names} in {}: {result}{condition})", dump(node.collection))
}
