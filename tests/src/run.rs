//! Runs a case with one tool, and keeps what it said.

use std::path::{Path, PathBuf};

use crate::fixture::{Action, Case, Step};
use crate::fold::Names;
use crate::json::Json;
use crate::workdir::{Output, Workdir};

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
    let mut runner = Runner {
        program: program.to_owned(),
        dir: Workdir::new(),
        env: Vec::new(),
        place: String::new(),
        transcript: Transcript::default(),
        names: Names::default(),
    };
    let path = runner.dir.path().canonicalize().expect("the directory is there");
    runner.names = Names::new(&path);
    for step in &case.steps {
        runner.step(step);
    }
    let names = runner.names;
    let mut transcript = runner.transcript;
    for document in &mut transcript.documents {
        let content = std::mem::replace(&mut document.content, Json::Null);
        document.content = names.fold(content);
    }
    transcript
}

struct Runner {
    program: PathBuf,
    dir: Workdir,
    env: Vec<(String, String)>,
    place: String,
    transcript: Transcript,
    names: Names,
}

const PLAN_FILE: &str = "the.plan";

impl Runner {
    fn step(&mut self, step: &Step) {
        self.place = format!("{}: files", step.title);
        for (path, content) in &step.files {
            self.dir.write(path, content);
        }
        // Modules are found by their manifest, which only `init` writes.
        let has_modules =
            |content: &str| content.contains("module \"") || content.contains("\"module\"");
        if step.files.iter().any(|(_, content)| has_modules(content)) {
            let output = self.tool(&["init", "-input=false"]);
            self.expect("init", output.code == 0, &output);
        }
        for action in &step.actions {
            self.place = format!("{}: {action}", step.title);
            self.action(action);
        }
    }

    fn action(&mut self, action: &Action) {
        match action {
            Action::Env(name, value) => self.env.push((name.clone(), value.clone())),
            Action::Remove(path) => {
                std::fs::remove_file(self.dir.path().join(path)).expect("the file is there");
            }
            Action::Run(words) => {
                let output = self.command(words);
                self.keep_code("exit code", &output);
            }
            Action::Ask(words) => {
                let output = self.command(words);
                self.keep_code("exit code", &output);
                self.keep("answer", Json::String(output.stdout));
            }
            Action::Plan(flags) => {
                self.plan(flags, true);
            }
            Action::Refused(flags) => {
                self.plan(flags, false);
            }
            Action::Apply(flags) => {
                if self.plan(flags, true) {
                    self.apply(flags, true);
                }
            }
            Action::Breaks(flags) => {
                if self.plan(flags, true) {
                    self.apply(flags, false);
                }
            }
        }
    }

    /// Whether there is a plan now.
    fn plan(&mut self, flags: &[String], succeeds: bool) -> bool {
        let validation = self.tool(&["validate", "-json"]);
        self.keep("validation", parse(&validation));
        let mut words = vec!["plan", "-json", "-input=false", "-detailed-exitcode"];
        let out = format!("-out={PLAN_FILE}");
        words.push(&out);
        words.extend(flags.iter().map(String::as_str));
        let output = self.tool(&words);
        self.expect("the plan succeeds", (output.code != 1) == succeeds, &output);
        self.keep_code("exit code", &output);
        if output.code == 1 {
            let diagnostics = Json::parse_lines(&output.stdout);
            let only = diagnostics.items().iter().filter_map(|e| e.get("diagnostic")).cloned();
            self.keep("diagnostics", Json::Array(only.collect()));
            // What a failed plan leaves of a file says how far it came, which is not compared.
            return false;
        }
        self.keep("events", Json::parse_lines(&output.stdout));
        let shown = self.tool(&["show", "-json", PLAN_FILE]);
        self.keep("plan", parse(&shown));
        true
    }

    fn apply(&mut self, flags: &[String], succeeds: bool) {
        let output = self.tool(&["apply", "-json", "-input=false", PLAN_FILE]);
        self.expect("the apply succeeds", (output.code == 0) == succeeds, &output);
        self.keep_code("exit code of apply", &output);
        self.keep("events", Json::parse_lines(&output.stdout));
        let file = self.tool(&["state", "pull"]);
        if let Ok(state) = Json::parse(&file.stdout) {
            self.names.learn(&state);
            self.keep("state file", state);
        }
        let state = self.tool(&["show", "-json"]);
        self.keep("state", parse(&state));
        let outputs = self.tool(&["output", "-json"]);
        self.keep("outputs", parse(&outputs));
        let mut words = vec!["plan", "-input=false", "-detailed-exitcode"];
        words.extend(flags.iter().map(String::as_str));
        let again = self.tool(&words);
        self.keep_code("exit code of a second plan", &again);
    }

    fn command(&self, words: &[String]) -> Output {
        self.tool(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn tool(&self, words: &[&str]) -> Output {
        self.dir.run_with(&self.program, words, self.env.iter().map(|(n, v)| (&**n, &**v)))
    }

    fn keep(&mut self, kind: &str, content: Json) {
        let kind = kind.to_owned();
        self.transcript.documents.push(Document { kind, place: self.place.clone(), content });
    }

    fn keep_code(&mut self, kind: &str, output: &Output) {
        self.keep(kind, Json::Number(output.code.to_string()));
    }

    fn expect(&mut self, what: &str, holds: bool, output: &Output) {
        if !holds {
            let said = format!("{}{}", output.stdout, output.stderr);
            let errors: Vec<&str> =
                said.lines().filter(|l| !l.contains(r#""@level":"info""#)).collect();
            let surprise = format!("{}: not so: {what}\n{}", self.place, errors.join("\n"));
            self.transcript.surprises.push(surprise);
        }
    }
}

/// The document that was printed; what is none is kept as text, together with what went wrong.
fn parse(output: &Output) -> Json {
    Json::parse(&output.stdout)
        .unwrap_or_else(|_| Json::String(format!("{}{}", output.stdout, output.stderr)))
}
