//! The smallest part of a scenario that still differs.

use super::model::{Part, Scenario};

/// Leaves out as much of `scenario` as it can while `differs` holds of the rest.
pub fn shrink(mut scenario: Scenario, differs: impl Fn(&Scenario) -> bool) -> Scenario {
    loop {
        let smaller = candidates(&scenario).into_iter().find(&differs);
        match smaller {
            Some(smaller) => scenario = smaller,
            None => return scenario,
        }
    }
}

/// Everything that is smaller by one, what leaves out most first.
fn candidates(scenario: &Scenario) -> Vec<Scenario> {
    let mut all = Vec::new();
    for at in (0..scenario.steps.len()).rev() {
        let mut steps = scenario.steps.clone();
        steps.remove(at);
        all.push(steps);
    }
    let names: std::collections::BTreeSet<String> =
        scenario.steps.iter().flat_map(|s| &s.parts).map(name).collect();
    for gone in &names {
        let mut steps = scenario.steps.clone();
        for stage in &mut steps {
            stage.parts.retain(|part| name(part) != *gone);
        }
        all.push(steps);
    }
    for (at, stage) in scenario.steps.iter().enumerate() {
        if stage.before.is_some() {
            let mut steps = scenario.steps.clone();
            steps[at].before = None;
            all.push(steps);
        }
        if !stage.flags.is_empty() {
            let mut steps = scenario.steps.clone();
            steps[at].flags.pop();
            all.push(steps);
        }
    }
    for part in &names {
        for simpler in SIMPLER {
            let mut steps = scenario.steps.clone();
            let parts = steps.iter_mut().flat_map(|stage| &mut stage.parts);
            parts.filter(|p| name(p) == *part).for_each(simpler);
            all.push(steps);
        }
    }
    all.retain(|steps| !steps.is_empty() && *steps != scenario.steps);
    all.into_iter().map(|steps| Scenario { seed: scenario.seed, steps }).collect()
}

/// What tells a part apart from step to step.
fn name(part: &Part) -> String {
    match part {
        Part::Variable(v) => format!("var.{}", v.name),
        Part::Local(l) => format!("local.{}", l.name),
        Part::Output(o) => format!("output.{}", o.name),
        Part::Resource(r) => r.name.clone(),
        Part::Module(m) => format!("module.{}", m.name),
        Part::Moved(from, _) => format!("moved.{from}"),
        Part::Removed(from, _) => format!("removed.{from}"),
        Part::Check(c) => format!("check.{}", c.name),
    }
}

/// Ways to make one part simpler.
const SIMPLER: [fn(&mut Part); 6] = [
    |part| match part {
        Part::Resource(r) => r.lifecycle.clear(),
        Part::Variable(v) => v.sensitive = false,
        Part::Output(o) => o.sensitive = false,
        _ => {}
    },
    |part| match part {
        Part::Resource(r) => r.depends_on.clear(),
        Part::Module(m) => m.depends_on.clear(),
        _ => {}
    },
    |part| {
        if let Part::Resource(r) = part {
            r.arguments.retain(|(name, _)| *name != "triggers_replace");
        }
    },
    |part| match part {
        Part::Resource(r) => r.arguments.retain(|(name, _)| *name != "input"),
        Part::Module(m) => "null".clone_into(&mut m.input),
        _ => {}
    },
    |part| match part {
        Part::Resource(r) => r.repetition = None,
        Part::Module(m) => m.repetition = None,
        _ => {}
    },
    |part| match part {
        Part::Local(l) => "\"a\"".clone_into(&mut l.expr),
        Part::Output(o) => "\"a\"".clone_into(&mut o.expr),
        Part::Resource(r) => {
            r.arguments.iter_mut().for_each(|(_, expr)| "\"a\"".clone_into(expr));
        }
        _ => {}
    },
];

#[cfg(test)]
mod tests {
    use super::shrink;
    use crate::random::generate;

    #[test]
    fn what_does_not_matter_is_left_out() {
        let scenario = generate(5);
        let matters = "resource \"terraform_data\" \"r1\"";
        assert!(scenario.case().to_string().contains(matters));
        let small = shrink(scenario, |s| s.case().to_string().contains(matters));
        let text = small.case().to_string();
        assert_eq!(small.steps.len(), 1);
        assert_eq!(small.steps[0].parts.len(), 1, "{text}");
        assert!(text.contains("resource \"terraform_data\" \"r1\" {\n}\n"), "{text}");
    }
}
