//! The model as a case of the corpus.

use std::fmt::Write as _;

use super::model::{Part, Resource, Scenario, Stage};
use crate::fixture::{Action, Case, Step};

/// What every module call has as its source.
const CHILD: &str = "\
variable \"in\" {
}

resource \"terraform_data\" \"inner\" {
  input = var.in
}

resource \"terraform_data\" \"repeated\" {
  for_each         = toset([\"p\", \"q\"])
  input            = [each.key, terraform_data.inner.output]
  triggers_replace = each.key == \"p\" ? var.in : null
}

output \"id\" {
  value = terraform_data.inner.id
}

output \"out\" {
  value = terraform_data.inner.output
}

output \"all\" {
  value = { for k, r in terraform_data.repeated : k => r.output }
}
";

impl Scenario {
    /// To be run, or to be kept.
    pub fn case(&self) -> Case {
        let steps = self.steps.iter().enumerate();
        Case {
            name: format!("random/seed-{}", self.seed),
            title: format!("Random configuration {}.", self.seed),
            theme: "random".to_owned(),
            first_error: false,
            steps: steps.map(|(index, stage)| step(index, stage)).collect(),
        }
    }
}

fn step(index: usize, stage: &Stage) -> Step {
    let mut files = vec![("main.tf".to_owned(), configuration(&stage.parts))];
    if stage.parts.iter().any(|part| matches!(part, Part::Module(_))) {
        files.push(("child/main.tf".to_owned(), CHILD.to_owned()));
    }
    let before = stage
        .before
        .as_ref()
        .map(|command| Action::Run(command.split(' ').map(str::to_owned).collect()));
    let actions = before.into_iter().chain([Action::Apply(stage.flags.clone())]).collect();
    Step { title: format!("step {}", index + 1), files, actions }
}

fn configuration(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        // Writing to a text cannot fail.
        let _ = write_part(&mut out, part);
    }
    // A directory without any block is no configuration.
    if out.is_empty() { "locals {\n}\n".to_owned() } else { out }
}

fn write_part(out: &mut String, part: &Part) -> std::fmt::Result {
    match part {
        Part::Variable(v) => {
            let sensitive = if v.sensitive { "  sensitive = true\n" } else { "" };
            let (name, ty, default) = (&v.name, v.ty, &v.default);
            writeln!(
                out,
                "variable \"{name}\" {{\n  type = {ty}\n  default = {default}\n{sensitive}}}\n"
            )
        }
        Part::Local(l) => writeln!(out, "locals {{\n  {} = {}\n}}\n", l.name, l.expr),
        Part::Output(o) => {
            let sensitive = if o.sensitive { "  sensitive = true\n" } else { "" };
            writeln!(out, "output \"{}\" {{\n  value = {}\n{sensitive}}}\n", o.name, o.expr)
        }
        Part::Resource(resource) => write_resource(out, resource),
        Part::Module(m) => {
            writeln!(out, "module \"{}\" {{\n  source = \"./child\"", m.name)?;
            if let Some((kind, expr)) = &m.repetition {
                writeln!(out, "  {kind} = {expr}")?;
            }
            writeln!(out, "  in = {}", m.input)?;
            write_depends_on(out, &m.depends_on)?;
            writeln!(out, "}}\n")
        }
        Part::Moved(from, to) => writeln!(
            out,
            "moved {{\n  from = terraform_data.{from}\n  to = terraform_data.{to}\n}}\n"
        ),
        Part::Removed(name, destroy) => writeln!(
            out,
            "removed {{\n  from = terraform_data.{name}\n  lifecycle {{\n    destroy = {destroy}\n  }}\n}}\n"
        ),
        Part::Check(check) => writeln!(
            out,
            "check \"{}\" {{\n  assert {{\n    condition = {}\n    error_message = \"Not so.\"\n  }}\n}}\n",
            check.name, check.expr
        ),
    }
}

fn write_resource(out: &mut String, resource: &Resource) -> std::fmt::Result {
    writeln!(out, "resource \"terraform_data\" \"{}\" {{", resource.name)?;
    if let Some((kind, expr)) = &resource.repetition {
        writeln!(out, "  {kind} = {expr}")?;
    }
    for (name, expr) in &resource.arguments {
        writeln!(out, "  {name} = {expr}")?;
    }
    write_depends_on(out, &resource.depends_on)?;
    if !resource.lifecycle.is_empty() {
        writeln!(out, "  lifecycle {{")?;
        for line in &resource.lifecycle {
            writeln!(out, "    {line}")?;
        }
        writeln!(out, "  }}")?;
    }
    writeln!(out, "}}\n")
}

fn write_depends_on(out: &mut String, depends_on: &[String]) -> std::fmt::Result {
    if depends_on.is_empty() {
        return Ok(());
    }
    writeln!(out, "  depends_on = [{}]", depends_on.join(", "))
}
