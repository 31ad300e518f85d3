//! What one tool left, in the hands of the other.

use std::collections::BTreeMap;
use std::path::Path;

use super::install::Install;
use crate::fixture::{Action, Case, Step};
use crate::workdir::Workdir;

/// The file that a state is pushed from.
const STATE: &str = "left.tfstate";

/// The end of a case: what it comes to once all is applied.
pub(super) struct Cross {
    end: Case,
    /// Of the last apply.
    flags: Vec<String>,
}

impl Cross {
    /// The end of `case`, if that is an apply which leaves what is configured.
    pub(super) fn of(case: &Case) -> Option<Self> {
        let Some(Action::Apply(flags)) = case.steps.last()?.actions.last() else { return None };
        if flags.iter().any(|flag| flag == "-destroy") {
            return None;
        }
        let once = |flag: &&String| !flag.starts_with("-replace") && !flag.starts_with("-target");
        let flags = flags.iter().filter(once).cloned().collect();
        let mut files = BTreeMap::new();
        let mut end = Step::default();
        for step in &case.steps {
            files.extend(step.files.iter().cloned());
            for action in &step.actions {
                match action {
                    Action::Remove(path) => _ = files.remove(path),
                    Action::Env(..) => end.actions.push(action.clone()),
                    _ => {}
                }
            }
        }
        end.files = files.into_iter().collect();
        Some(Self { end: Case { steps: vec![end], ..case.clone() }, flags })
    }

    /// Why `program` would change what `left` has, if it would.
    pub(super) fn holds(
        &self,
        install: &Install<'_>,
        program: &Path,
        left: &str,
    ) -> Option<String> {
        let dir = Workdir::new();
        let case = install.of(&self.end);
        let mut env = Vec::new();
        for step in &case.steps {
            for (path, content) in &step.files {
                dir.write(path, content);
            }
            for action in &step.actions {
                if let Action::Env(name, value) = action {
                    env.push((name.as_str(), value.as_str()));
                }
            }
        }
        dir.write(STATE, left);
        let mut plan = vec!["plan", "-input=false", "-no-color", "-detailed-exitcode"];
        plan.extend(self.flags.iter().map(String::as_str));
        for words in [vec!["init", "-input=false"], vec!["state", "push", STATE], plan] {
            let output = dir.run_with(program, &words, env.iter().copied());
            if output.code != 0 {
                return Some(format!(
                    "{} {} over what the other left: exit code {}\n{}{}",
                    program.display(),
                    words.join(" "),
                    output.code,
                    output.stdout,
                    output.stderr
                ));
            }
        }
        None
    }
}
