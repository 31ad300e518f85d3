//! The operators `&&` and `||` as calls of functions.
//!
//! Terraform 1.11 does not know what they give before it knows both sides, and we do where one side
//! decides. What follows from that, such as an object that is not changed after all, is no
//! difference of its own: where it stems from that, it goes with the operators.

use super::model::{Module, Named, Output, Part, Resource, Scenario};

impl Scenario {
    /// The same with calls of functions that both tools evaluate alike: `alltrue([a, b])` for
    /// `(a && b)`.
    #[must_use]
    pub fn without_operators(&self) -> Self {
        let mut scenario = self.clone();
        for part in scenario.steps.iter_mut().flat_map(|step| &mut step.parts) {
            for expr in expressions(part) {
                *expr = as_calls(expr);
            }
        }
        scenario
    }
}

fn expressions(part: &mut Part) -> Vec<&mut String> {
    match part {
        Part::Variable(_) | Part::Moved(..) | Part::Removed(..) => Vec::new(),
        Part::Local(Named { expr, .. })
        | Part::Check(Named { expr, .. })
        | Part::Output(Output { expr, .. }) => vec![expr],
        Part::Resource(Resource { repetition, arguments, .. }) => {
            let own = repetition.iter_mut().map(|(_, expr)| expr);
            own.chain(arguments.iter_mut().map(|(_, expr)| expr)).collect()
        }
        Part::Module(Module { repetition, input, .. }) => {
            repetition.iter_mut().map(|(_, expr)| expr).chain([input]).collect()
        }
    }
}

/// Every such operator is generated with parentheses around its operands, which are balanced.
fn as_calls(expr: &str) -> String {
    let mut expr = expr.to_owned();
    for (operator, function) in [(" && ", "alltrue"), (" || ", "anytrue")] {
        while let Some(at) = expr.find(operator) {
            let (left, right) = (&expr[..at], &expr[at + operator.len()..]);
            let Some(open) = unmatched(left.char_indices().rev(), ')', '(') else { break };
            let Some(close) = unmatched(right.char_indices(), '(', ')') else { break };
            let (before, left) = (&left[..open], &left[open + 1..]);
            let (right, after) = (&right[..close], &right[close + 1..]);
            expr = format!("{before}{function}([{left}, {right}]){after}");
        }
    }
    expr
}

/// Where the first `wanted` is that has no `other` before it.
fn unmatched(
    mut text: impl Iterator<Item = (usize, char)>,
    other: char,
    wanted: char,
) -> Option<usize> {
    let mut depth = 0_u32;
    text.find_map(|(at, c)| {
        if c == other {
            depth += 1;
        } else if c == wanted {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::as_calls;

    #[test]
    fn operators_become_calls() {
        let check = |expr, expected| assert_eq!(as_calls(expr), expected);
        check("(a && b)", "alltrue([a, b])");
        check("!((f(x) || (y)) && can(z[7]))", "!alltrue([anytrue([f(x), (y)]), can(z[7])])");
        check("[\"<&>\", \"%{ if (a || b) }\"]", "[\"<&>\", \"%{ if anytrue([a, b]) }\"]");
    }
}
