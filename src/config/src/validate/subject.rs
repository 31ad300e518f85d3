//! Whether what a reference names is there, in Terraform's words.

use groma_addr::{Mode, Resource};
use groma_diag::{Diagnostic, Span};
use groma_lang::syntax::{StepKind, Traversal, name_suggestion};
use groma_value::{Str, Value};

use super::{Checker, Place};
use crate::model::{Module, Repetition};
use crate::reference::{Reference, Subject};

impl Checker<'_> {
    /// Checks one reference; of a `whole` one the instance does not matter.
    pub(super) fn subject(
        &mut self,
        traversal: &Traversal,
        reference: &Reference<'_>,
        place: Place<'_>,
        whole: bool,
    ) {
        let span = reference.span;
        let problem = match reference.subject {
            Subject::Variable(name) => undeclared_variable(self.module, name),
            Subject::Local(name) => undeclared_local(self.module, name),
            Subject::Module { name, .. } => undeclared_module(self.module, name),
            Subject::Resource { mode, ty, name, key } => {
                let addr = Resource::new(mode, ty.clone(), name.clone());
                let at = if key.is_some() { without_key(traversal, reference) } else { span };
                match self.resource_problem(&addr, place) {
                    Some(problem) => Some(problem.at(at)),
                    None if whole => None,
                    None => self.instance_problem(&addr, key, traversal, reference),
                }
            }
            Subject::Count(name) => count_problem(name, place),
            Subject::Each(name) => each_problem(name, place),
            Subject::This if !place.this => Some(Diagnostic::error(
                "Invalid \"self\" reference",
                "The \"self\" object is not available in this context. This object can be used \
                 only in resource provisioner, connection, and postcondition blocks.",
            )),
            Subject::This => None,
            Subject::Path(name) => path_problem(name),
            Subject::Terraform(name) => terraform_problem(name),
        };
        if let Some(problem) = problem {
            let at = problem.subject.unwrap_or(span);
            self.diags.push(problem.at(at));
        }
    }

    fn resource_problem(&self, addr: &Resource, place: Place<'_>) -> Option<Diagnostic> {
        let module = self.module;
        let Some(block) = module.resources.get(addr) else {
            return Some(undeclared_resource(module, addr));
        };
        let check = block.check.as_ref().filter(|check| place.check != Some(check));
        check.map(|_| {
            let detail = format!(
                "The referenced data resource \"{}\" \"{}\" is not available from this context.",
                addr.ty, addr.name
            );
            Diagnostic::error("Reference to scoped resource", detail)
        })
    }

    /// Whether the reference takes an instance where there are several, and only there.
    fn instance_problem(
        &self,
        addr: &Resource,
        key: Option<&Value>,
        traversal: &Traversal,
        reference: &Reference<'_>,
    ) -> Option<Diagnostic> {
        let (argument, example) = match self.module.resources.get(addr)?.repetition {
            Repetition::Single => {
                key?;
                let detail = format!(
                    "Because {addr} does not have \"count\" or \"for_each\" set, references to it \
                     must not include an index key. Remove the bracketed index to refer to the \
                     single instance of this resource."
                );
                return Some(
                    Diagnostic::error("Unexpected resource instance key", detail)
                        .at(reference.span),
                );
            }
            Repetition::Count(_) => ("count", "count.index"),
            Repetition::ForEach(_) => ("for_each", "each.key"),
        };
        let follows = traversal.steps.get(reference.consumed);
        let attribute = follows.is_some_and(|step| matches!(step.kind, StepKind::Attr(_)));
        if key.is_some() || !attribute {
            return None;
        }
        let detail = format!(
            "Because {addr} has {argument:?} set, its attributes must be accessed on specific \
             instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    \
             {addr}[{example}]"
        );
        Some(Diagnostic::error("Missing resource instance key", detail).at(reference.span))
    }
}

/// Where the resource is named, its key left aside.
fn without_key(traversal: &Traversal, reference: &Reference<'_>) -> Span {
    traversal.prefix(reference.consumed.saturating_sub(1)).span
}

fn here(module: &Module) -> String {
    if module.path.is_root() { "the root module".to_owned() } else { module.path.to_string() }
}

fn undeclared_variable(module: &Module, name: &Str) -> Option<Diagnostic> {
    if module.variables.contains_key(&**name) {
        return None;
    }
    let hint = match name_suggestion(name, module.variables.keys().map(|name| &**name)) {
        Some(near) => format!("Did you mean {near:?}?"),
        None => format!("This variable can be declared with a variable {:?} {{}} block.", &**name),
    };
    let detail =
        format!("An input variable with the name {:?} has not been declared. {hint}", &**name);
    Some(Diagnostic::error("Reference to undeclared input variable", detail))
}

fn undeclared_local(module: &Module, name: &Str) -> Option<Diagnostic> {
    if module.locals.contains_key(&**name) {
        return None;
    }
    let hint = did_you_mean(name, module.locals.keys().map(|name| &**name));
    let detail = format!("A local value with the name {:?} has not been declared.{hint}", &**name);
    Some(Diagnostic::error("Reference to undeclared local value", detail))
}

fn undeclared_module(module: &Module, name: &Str) -> Option<Diagnostic> {
    if module.calls.contains_key(&**name) {
        return None;
    }
    let hint = did_you_mean(name, module.calls.keys().map(|name| &**name));
    let detail =
        format!("No module call named {:?} is declared in {}.{hint}", &**name, here(module));
    Some(Diagnostic::error("Reference to undeclared module", detail))
}

fn did_you_mean<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let near = name_suggestion(name, known);
    near.map_or_else(String::new, |near| format!(" Did you mean {near:?}?"))
}

fn undeclared_resource(module: &Module, addr: &Resource) -> Diagnostic {
    let kind = match addr.mode {
        Mode::Managed => "A managed",
        Mode::Data => "A data",
        Mode::Ephemeral => "An ephemeral",
    };
    let as_data = Resource { mode: Mode::Data, ..addr.clone() };
    let hint = if addr.mode == Mode::Managed && module.resources.contains_key(&as_data) {
        format!("\n\nDid you mean the data resource {as_data}?")
    } else {
        String::new()
    };
    let detail = format!(
        "{kind} resource {:?} {:?} has not been declared in {}.{hint}",
        addr.ty,
        addr.name,
        here(module)
    );
    Diagnostic::error("Reference to undeclared resource", detail)
}

fn count_problem(name: &str, place: Place<'_>) -> Option<Diagnostic> {
    if name != "index" {
        let detail = format!(
            "The \"count\" object does not have an attribute named {name:?}. The only supported \
             attribute is count.index, which is the index of each instance of a resource block \
             that has the \"count\" argument set."
        );
        return Some(Diagnostic::error("Invalid \"count\" attribute", detail));
    }
    (!place.count).then(|| {
        Diagnostic::error(
            "Reference to \"count\" in non-counted context",
            "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" \
             blocks, and only when the \"count\" argument is set.",
        )
    })
}

fn each_problem(name: &str, place: Place<'_>) -> Option<Diagnostic> {
    match name {
        "key" | "value" if place.each => None,
        "key" => Some(Diagnostic::error(
            "Reference to \"each\" in context without for_each",
            "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only \
             when the \"for_each\" argument is set.",
        )),
        "value" => Some(Diagnostic::error(
            "each.value cannot be used in this context",
            "A reference to \"each.value\" has been used in a context in which it is unavailable, \
             such as when the configuration no longer contains the value in its \"for_each\" \
             expression. Remove this reference to each.value in your configuration to work around \
             this error.",
        )),
        _ => {
            let detail = format!(
                "The \"each\" object does not have an attribute named {name:?}. The supported \
                 attributes are each.key and each.value, the current key and value pair of the \
                 \"for_each\" attribute set."
            );
            Some(Diagnostic::error("Invalid \"each\" attribute", detail))
        }
    }
}

fn path_problem(name: &str) -> Option<Diagnostic> {
    let known = ["cwd", "module", "root"];
    if known.contains(&name) {
        return None;
    }
    let hint = did_you_mean(name, known);
    let detail = format!("The \"path\" object does not have an attribute named {name:?}.{hint}");
    Some(Diagnostic::error("Invalid \"path\" attribute", detail))
}

fn terraform_problem(name: &str) -> Option<Diagnostic> {
    let detail = match name {
        "workspace" | "applying" => return None,
        "env" => "The terraform.env attribute was deprecated in v0.10 and removed in v0.12. The \
                  \"state environment\" concept was renamed to \"workspace\" in v0.12, and so the \
                  workspace name can now be accessed using the terraform.workspace attribute."
            .to_owned(),
        _ => format!(
            "The \"terraform\" object does not have an attribute named {name:?}. The only \
             supported attributes are terraform.workspace, the name of the currently-selected \
             workspace, and terraform.applying, a boolean which is true only during apply."
        ),
    };
    Some(Diagnostic::error("Invalid \"terraform\" attribute", detail))
}
