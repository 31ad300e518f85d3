//! Runs a case with one tool, and keeps what people read of it.

use std::path::{Path, PathBuf};

use crate::fixture::{Action, Case, Step};
use crate::fold::Names;
use crate::json::Json;
use crate::run::{Document, Transcript};
use crate::workdir::{Output, Workdir};

const PLAN_FILE: &str = "the.plan";

/// Runs all steps of `case` with `program` in a directory of their own. Identifiers are not told
/// apart here: which is where, the documents show.
pub(super) fn run(case: &Case, program: &Path) -> Transcript {
    let dir = Workdir::new();
    let names = Names::new(&dir.path().canonicalize().expect("the directory is there"));
    let mut runner = Runner {
        program: program.to_owned(),
        dir,
        // A person's own terminal says what to do next; a pipeline does not need to be told.
        env: vec![("TF_IN_AUTOMATION".to_owned(), String::new())],
        place: String::new(),
        transcript: Transcript::default(),
        names,
    };
    for step in &case.steps {
        runner.step(step);
    }
    runner.transcript
}

struct Runner {
    program: PathBuf,
    dir: Workdir,
    env: Vec<(String, String)>,
    place: String,
    transcript: Transcript,
    names: Names,
}

impl Runner {
    fn step(&mut self, step: &Step) {
        self.place = format!("{}: files", step.title);
        for (path, content) in &step.files {
            self.dir.write(path, content);
        }
        let has_modules =
            |content: &str| content.contains("module \"") || content.contains("\"module\"");
        if step.files.iter().any(|(_, content)| has_modules(content)) {
            self.say("init", &["init", "-no-color", "-input=false"]);
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
            Action::Run(words) | Action::Ask(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                if words.contains(&"-json") {
                    self.tool(&words);
                } else {
                    self.say("answer", &words);
                }
            }
            Action::Plan(flags) | Action::Refused(flags) => {
                self.plan(flags);
            }
            Action::Apply(flags) | Action::Breaks(flags) => {
                if self.plan(flags) {
                    self.apply();
                }
            }
        }
    }

    /// Whether there is a plan now.
    fn plan(&mut self, flags: &[String]) -> bool {
        let out = format!("-out={PLAN_FILE}");
        let mut words = vec!["plan", "-no-color", "-input=false", &out];
        words.extend(flags.iter().map(String::as_str));
        let planned = self.say("plan", &words).code == 0;
        if planned {
            self.say("show of the plan", &["show", "-no-color", PLAN_FILE]);
        }
        planned
    }

    fn apply(&mut self) {
        self.say("apply", &["apply", "-no-color", "-input=false", PLAN_FILE]);
        self.say("show", &["show", "-no-color"]);
        self.say("output", &["output", "-no-color"]);
        let list = self.say("state list", &["state", "list"]);
        let last = list.stdout.lines().last().map(str::to_owned);
        if let Some(address) = last.filter(|_| list.code == 0) {
            self.say("state show", &["state", "show", "-no-color", &address]);
        }
    }

    fn tool(&self, words: &[&str]) -> Output {
        self.dir.run_with(&self.program, words, self.env.iter().map(|(n, v)| (&**n, &**v)))
    }

    /// Keeps what the command says, on standard output and then on standard error.
    fn say(&mut self, kind: &str, words: &[&str]) -> Output {
        let output = self.tool(words);
        let said = Json::String(format!("{}{}", output.stdout, output.stderr));
        let content = self.names.fold(said);
        let place = self.place.clone();
        self.transcript.documents.push(Document { kind: kind.to_owned(), place, content });
        output
    }
}
