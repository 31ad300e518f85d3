//! A configuration and its transitions from a seed.

use super::dice::Dice;
use super::expression::{Reach, Ty, as_text, literal};
use super::model::{Module, Named, Output, Part, Resource, Scenario, Stage, Variable};

/// How many configurations a scenario goes through.
const STEPS: usize = 3;

/// The scenario of a seed.
pub fn generate(seed: u64) -> Scenario {
    let mut dice = Dice::new(seed);
    let mut stage = first(&mut dice);
    let mut steps = vec![stage.clone()];
    while steps.len() < STEPS {
        stage = next(&mut dice, &stage);
        steps.push(stage.clone());
    }
    Scenario { seed, steps }
}

/// What later parts may refer to: everything, and only what is known when planning.
#[derive(Default)]
struct Scope {
    all: Reach,
    known: Reach,
    addresses: Vec<String>,
}

fn first(dice: &mut Dice) -> Stage {
    let mut scope = Scope::default();
    let mut parts = Vec::new();
    for index in 0..2 + dice.below(2) {
        parts.push(variable(dice, &mut scope, index));
    }
    for index in 0..4 + dice.below(4) {
        parts.push(resource(dice, &mut scope, index));
        if dice.chance(50) {
            parts.push(local(dice, &mut scope, index));
        }
        if index == 1 && dice.chance(50) {
            parts.push(module(dice, &mut scope));
        }
    }
    for index in 0..2 + dice.below(3) {
        let sensitive = dice.chance(30);
        let expr = if dice.chance(30) {
            scope.all.any(dice)
        } else {
            let ty = *dice.pick(&[Ty::Text, Ty::Number, Ty::Bool, Ty::Texts]);
            scope.all.expression(dice, ty, 3)
        };
        parts.push(Part::Output(Output { name: format!("o{index}"), expr, sensitive }));
    }
    if dice.chance(25) {
        let expr = scope.all.expression(dice, Ty::Bool, 2);
        parts.push(Part::Check(Named { name: "c".to_owned(), expr }));
    }
    Stage { parts, flags: Vec::new(), before: None }
}

fn variable(dice: &mut Dice, scope: &mut Scope, index: usize) -> Part {
    let (ty, text) = *dice.pick(&[
        (Ty::Text, "string"),
        (Ty::Number, "number"),
        (Ty::Bool, "bool"),
        (Ty::Texts, "list(string)"),
    ]);
    let name = format!("v{index}");
    let sensitive = dice.chance(12);
    scope.all.add(ty, format!("var.{name}"));
    if !sensitive {
        scope.known.add(ty, format!("var.{name}"));
    }
    Part::Variable(Variable { name, ty: text, default: literal(dice, ty), sensitive })
}

fn local(dice: &mut Dice, scope: &mut Scope, index: usize) -> Part {
    let ty = *dice.pick(&[Ty::Text, Ty::Number, Ty::Bool, Ty::Texts]);
    let name = format!("l{index}");
    let known = dice.chance(30);
    let expr = if known { &scope.known } else { &scope.all }.expression(dice, ty, 2);
    scope.all.add(ty, format!("local.{name}"));
    if known {
        scope.known.add(ty, format!("local.{name}"));
    }
    Part::Local(Named { name, expr })
}

fn repetition(dice: &mut Dice, scope: &Scope) -> Option<(&'static str, String)> {
    match dice.below(10) {
        0 | 1 => {
            let number = scope.known.expression(dice, Ty::Number, 1);
            Some(("count", format!("min(2, max(0, floor({number})))")))
        }
        2 | 3 => {
            let texts = scope.known.expression(dice, Ty::Texts, 1);
            Some(("for_each", format!("toset([for t in {texts} : \"k-${{t}}\"])")))
        }
        4 => {
            let value = scope.all.expression(dice, Ty::Text, 1);
            Some(("for_each", format!("{{ one = {value}, two = \"2\" }}")))
        }
        _ => None,
    }
}

fn resource(dice: &mut Dice, scope: &mut Scope, index: usize) -> Part {
    let name = format!("r{index}");
    let repetition = repetition(dice, scope);
    let mut own = scope.all.clone();
    match &repetition {
        Some(("count", _)) => own.add(Ty::Number, "count.index"),
        Some(_) => {
            own.add(Ty::Text, "each.key");
            own.add(Ty::Text, "each.value");
        }
        None => {}
    }
    let mut arguments = Vec::new();
    if dice.chance(85) {
        arguments.push(("input", own.any(dice)));
    }
    if dice.chance(30) {
        arguments.push(("triggers_replace", own.any(dice)));
    }
    let depends_on = match &scope.addresses[..] {
        [] => Vec::new(),
        some if dice.chance(15) => vec![dice.pick(some).clone()],
        _ => Vec::new(),
    };
    let mut lifecycle = Vec::new();
    if dice.chance(20) {
        lifecycle.push("create_before_destroy = true".to_owned());
    }
    if dice.chance(12) {
        let what = dice.pick(&["[input]", "[triggers_replace]", "all"]);
        lifecycle.push(format!("ignore_changes = {what}"));
    }
    if dice.chance(12) && !scope.addresses.is_empty() {
        let trigger = dice.pick(&scope.addresses).clone();
        if trigger.starts_with("terraform_data.") {
            lifecycle.push(format!("replace_triggered_by = [{trigger}]"));
        }
    }
    let address = format!("terraform_data.{name}");
    refer(&mut scope.all, &address, repetition.as_ref().map(|(kind, _)| *kind));
    scope.addresses.push(address);
    Part::Resource(Resource { name, repetition, arguments, depends_on, lifecycle })
}

/// What can be said of a resource.
fn refer(reach: &mut Reach, address: &str, repetition: Option<&str>) {
    match repetition {
        None => {
            reach.add(Ty::Text, format!("{address}.id"));
            reach.add(Ty::Text, as_text(&format!("{address}.output")));
            reach.add(Ty::Text, as_text(&format!("{address}.input")));
            reach.add(Ty::Bool, format!("can({address}.output.x)"));
        }
        Some("count") => {
            reach.add(Ty::Texts, format!("{address}[*].id"));
            reach.add(Ty::Number, format!("length({address})"));
            reach.add(Ty::Text, as_text(&format!("{address}[0].output")));
        }
        Some(_) => {
            reach.add(Ty::Texts, format!("keys({address})"));
            reach.add(Ty::Texts, format!("values({address})[*].id"));
            reach.add(Ty::Texts, format!("[for k, r in {address} : r.id if k != \"k-a\"]"));
            reach.add(Ty::Text, as_text(&format!("{address}[\"one\"].output")));
        }
    }
}

fn module(dice: &mut Dice, scope: &mut Scope) -> Part {
    let repetition = repetition(dice, scope);
    let name = "m0".to_owned();
    let input = scope.all.any(dice);
    let depends_on = match &scope.addresses[..] {
        some if dice.chance(20) && !some.is_empty() => vec![dice.pick(some).clone()],
        _ => Vec::new(),
    };
    match &repetition {
        None => {
            scope.all.add(Ty::Text, "module.m0.id");
            scope.all.add(Ty::Text, as_text("module.m0.out"));
            scope.all.add(Ty::Texts, "keys(module.m0.all)");
        }
        Some(("count", _)) => scope.all.add(Ty::Texts, "module.m0[*].id"),
        Some(_) => scope.all.add(Ty::Texts, "[for k, m in module.m0 : \"${k}${m.id}\"]"),
    }
    scope.addresses.push("module.m0".to_owned());
    Part::Module(Module { name, repetition, input, depends_on })
}

/// The configuration after a random transition.
fn next(dice: &mut Dice, stage: &Stage) -> Stage {
    let mut parts = stage.parts.clone();
    parts.retain(|part| !matches!(part, Part::Moved(..) | Part::Removed(..)));
    let mut new = Stage { parts, flags: Vec::new(), before: None };
    for _ in 0..=dice.below(3) {
        change(dice, &mut new);
    }
    let resources: Vec<String> = stage
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Resource(r) if r.repetition.is_none() => {
                Some(format!("terraform_data.{}", r.name))
            }
            _ => None,
        })
        .collect();
    if resources.is_empty() {
        return new;
    }
    let address = dice.pick(&resources).clone();
    match dice.below(20) {
        0 | 1 => new.flags.push(format!("-replace={address}")),
        2 => new.flags.push(format!("-target={address}")),
        3 => new.flags.push("-destroy".to_owned()),
        4 => new.flags.push("-refresh-only".to_owned()),
        5 => new.flags.push("-refresh=false".to_owned()),
        6 | 7 => new.before = Some(format!("taint {address}")),
        8 => new.before = Some(format!("state rm {address}")),
        9 => new.flags.extend(["-destroy".to_owned(), format!("-target={address}")]),
        _ => {}
    }
    new
}

fn change(dice: &mut Dice, stage: &mut Stage) {
    let at = dice.below(stage.parts.len());
    let all = format!("{:?}", stage.parts);
    match &mut stage.parts[at] {
        Part::Variable(v) => {
            let ty = match v.ty {
                "string" => Ty::Text,
                "number" => Ty::Number,
                "bool" => Ty::Bool,
                _ => Ty::Texts,
            };
            v.default = literal(dice, ty);
        }
        Part::Output(o) => {
            if dice.chance(30) {
                stage.parts.remove(at);
            } else {
                o.sensitive = !o.sensitive;
            }
        }
        Part::Resource(r) => {
            let name = r.name.clone();
            let used = all.matches(&format!("terraform_data.{name}")).count() > 0;
            match dice.below(6) {
                0 if !used => {
                    stage.parts.remove(at);
                    if dice.chance(50) {
                        stage.parts.push(Part::Removed(name, dice.chance(30)));
                    }
                }
                1 if !used => {
                    r.name = format!("{name}x");
                    let renamed = r.name.clone();
                    if dice.chance(80) {
                        stage.parts.push(Part::Moved(name, renamed));
                    }
                }
                2 if !used && r.repetition.is_none() => {
                    let single = !all.contains("each.") && dice.chance(50);
                    r.repetition = Some(if single {
                        ("count", "1".to_owned())
                    } else {
                        ("for_each", "{ one = \"1\" }".to_owned())
                    });
                }
                3 => r.lifecycle.clear(),
                4 => r.arguments.retain(|(name, _)| *name == "input"),
                _ => {
                    let value = Reach::default().any(dice);
                    match r.arguments.iter_mut().find(|(name, _)| *name == "input") {
                        Some((_, expr)) => *expr = value,
                        None => r.arguments.push(("input", value)),
                    }
                }
            }
        }
        Part::Module(m) => m.input = Reach::default().any(dice),
        Part::Local(_) | Part::Moved(..) | Part::Removed(..) | Part::Check(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::generate;

    #[test]
    fn a_seed_gives_the_same_scenario_and_others_give_others() {
        assert_eq!(generate(3), generate(3));
        assert_ne!(generate(3).case().to_string(), generate(4).case().to_string());
    }
}
