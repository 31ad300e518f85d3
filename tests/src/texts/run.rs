//! Runs a case with one tool, and keeps what people read of it.

use std::path::Path;

use crate::fixture::Case;
use crate::json::Json;
use crate::run::Transcript;
use crate::stage::{Listener, PLAN_FILE, Stage};
use crate::workdir::Output;

/// Runs all steps of `case` with `program` in a directory of their own. Identifiers are not told
/// apart here: which is where, the documents show.
pub(super) fn run(case: &Case, program: &Path) -> Transcript {
    let mut stage = Stage::new(program);
    // A person's own terminal says what to do next; a pipeline does not need to be told.
    stage.env.push(("TF_IN_AUTOMATION".to_owned(), String::new()));
    stage.play::<Texts>(case);
    stage.transcript
}

/// What people read.
struct Texts;

impl Listener for Texts {
    fn init(stage: &mut Stage) {
        say(stage, "init", &["init", "-no-color", "-input=false"]);
    }

    fn command(stage: &mut Stage, words: &[&str], _asked: bool) {
        if words.contains(&"-json") {
            stage.tool(words);
        } else {
            say(stage, "answer", words);
        }
    }

    fn plan(stage: &mut Stage, flags: &[&str], _succeeds: bool) -> bool {
        let out = format!("-out={PLAN_FILE}");
        let mut words = vec!["plan", "-no-color", "-input=false", &out];
        words.extend(flags);
        let planned = say(stage, "plan", &words).code == 0;
        if planned {
            say(stage, "show of the plan", &["show", "-no-color", PLAN_FILE]);
        }
        planned
    }

    fn apply(stage: &mut Stage, _flags: &[&str], _succeeds: bool) {
        say(stage, "apply", &["apply", "-no-color", "-input=false", PLAN_FILE]);
        say(stage, "show", &["show", "-no-color"]);
        say(stage, "output", &["output", "-no-color"]);
        let list = say(stage, "state list", &["state", "list"]);
        let last = list.stdout.lines().last().map(str::to_owned);
        if let Some(address) = last.filter(|_| list.code == 0) {
            say(stage, "state show", &["state", "show", "-no-color", &address]);
        }
    }
}

/// Keeps what the command says, on standard output and then on standard error.
fn say(stage: &mut Stage, kind: &str, words: &[&str]) -> Output {
    let output = stage.tool(words);
    let said = Json::String(format!("{}{}", output.stdout, output.stderr));
    let content = stage.names.fold(said);
    stage.keep(kind, content);
    output
}
