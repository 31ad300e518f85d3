//! Runs a case with one tool, and keeps the documents that it said.

use std::path::Path;

use crate::fixture::Case;
use crate::json::Json;
use crate::stage::{Listener, PLAN_FILE, Stage};
use crate::workdir::Output;

/// One document that a tool printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is: `plan`, `state`, `events`, …: what the list of ignored paths goes by.
    pub kind: String,
    /// Step and command that it came from.
    pub place: String,
    /// Its content.
    pub content: Json,
}

/// What one tool said in the course of a case, with made-up identifiers folded.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// In order.
    pub documents: Vec<Document>,
    /// Where the tool did not do what the case says it does: only the oracle is asked for this.
    pub surprises: Vec<String>,
}

/// Runs all steps of `case` with `program` in a directory of their own.
pub fn run(case: &Case, program: &Path) -> Transcript {
    let mut stage = Stage::new(program);
    stage.play::<Documents>(case);
    folded(stage)
}

/// What was said on a stage, once the identifiers of all objects are known.
pub(crate) fn folded(mut stage: Stage) -> Transcript {
    for document in &mut stage.transcript.documents {
        let content = std::mem::replace(&mut document.content, Json::Null);
        document.content = stage.names.fold(content);
    }
    stage.transcript
}

/// Whole documents, and every exit code.
pub(crate) struct Documents;

impl Listener for Documents {
    fn init(stage: &mut Stage) {
        let output = stage.tool(&["init", "-input=false"]);
        stage.expect("init", output.code == 0, &output);
    }

    fn command(stage: &mut Stage, words: &[&str], asked: bool) {
        let output = stage.tool(words);
        keep_code(stage, "exit code", &output);
        if asked {
            stage.keep("answer", Json::String(output.stdout));
        }
    }

    fn plan(stage: &mut Stage, flags: &[&str], succeeds: bool) -> bool {
        let validation = stage.tool(&["validate", "-json"]);
        stage.keep("validation", parse(&validation));
        let mut words = vec!["plan", "-json", "-input=false", "-detailed-exitcode"];
        let out = format!("-out={PLAN_FILE}");
        words.push(&out);
        words.extend(flags);
        let output = stage.tool(&words);
        stage.expect("the plan succeeds", (output.code != 1) == succeeds, &output);
        keep_code(stage, "exit code", &output);
        if output.code == 1 {
            let diagnostics = Json::parse_lines(&output.stdout);
            let only = diagnostics.items().iter().filter_map(|e| e.get("diagnostic")).cloned();
            stage.keep("diagnostics", Json::Array(only.collect()));
            // What a failed plan leaves of a file says how far it came, which is not compared.
            return false;
        }
        stage.keep("events", Json::parse_lines(&output.stdout));
        let shown = stage.tool(&["show", "-json", PLAN_FILE]);
        stage.keep("plan", parse(&shown));
        true
    }

    fn apply(stage: &mut Stage, flags: &[&str], succeeds: bool) {
        let output = stage.tool(&["apply", "-json", "-input=false", PLAN_FILE]);
        stage.expect("the apply succeeds", (output.code == 0) == succeeds, &output);
        keep_code(stage, "exit code of apply", &output);
        stage.keep("events", Json::parse_lines(&output.stdout));
        let file = stage.tool(&["state", "pull"]);
        if let Ok(state) = Json::parse(&file.stdout) {
            stage.names.learn(&state);
            stage.keep("state file", state);
        }
        let state = stage.tool(&["show", "-json"]);
        stage.keep("state", parse(&state));
        let outputs = stage.tool(&["output", "-json"]);
        stage.keep("outputs", parse(&outputs));
        let mut words = vec!["plan", "-input=false", "-detailed-exitcode"];
        words.extend(flags);
        let again = stage.tool(&words);
        keep_code(stage, "exit code of a second plan", &again);
    }
}

fn keep_code(stage: &mut Stage, kind: &str, output: &Output) {
    stage.keep(kind, Json::Number(output.code.to_string()));
}

/// The document that was printed; what is none is kept as text, together with what went wrong.
fn parse(output: &Output) -> Json {
    Json::parse(&output.stdout)
        .unwrap_or_else(|_| Json::String(format!("{}{}", output.stdout, output.stderr)))
}
