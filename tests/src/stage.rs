//! Where one tool plays a case: a directory of its own, and what has been heard so far.

use std::path::{Path, PathBuf};

use crate::fixture::{Action, Case};
use crate::fold::Names;
use crate::json::Json;
use crate::run::{Document, Transcript};
use crate::workdir::{Output, Workdir};

/// The file that plans go to.
pub(crate) const PLAN_FILE: &str = "the.plan";

/// Which commands a case comes to, and what is kept of what they say.
pub(crate) trait Listener {
    /// Makes the modules of the files known.
    fn init(stage: &mut Stage);

    /// Runs the command `words`; its text is what the case is about if it is `asked` for.
    fn command(stage: &mut Stage, words: &[&str], asked: bool);

    /// Plans, which goes well if it `succeeds`. Whether there is a plan now.
    fn plan(stage: &mut Stage, flags: &[&str], succeeds: bool) -> bool;

    /// Applies the plan, which goes well if it `succeeds`.
    fn apply(stage: &mut Stage, flags: &[&str], succeeds: bool);
}

pub(crate) struct Stage {
    program: PathBuf,
    dir: Workdir,
    /// What every command from here on has in its environment.
    pub(crate) env: Vec<(String, String)>,
    place: String,
    pub(crate) names: Names,
    pub(crate) transcript: Transcript,
}

impl Stage {
    /// A stage for `program` in a new directory.
    pub(crate) fn new(program: &Path) -> Self {
        let dir = Workdir::new();
        let names = Names::new(&dir.path().canonicalize().expect("the directory is there"));
        Self {
            program: program.to_owned(),
            dir,
            env: Vec::new(),
            place: String::new(),
            names,
            transcript: Transcript::default(),
        }
    }

    /// Goes through all steps of `case`.
    pub(crate) fn play<L: Listener>(&mut self, case: &Case) {
        for step in &case.steps {
            self.place = format!("{}: files", step.title);
            for (path, content) in &step.files {
                self.dir.write(path, content);
            }
            // Modules are found by their manifest, which only `init` writes.
            let has_modules =
                |content: &str| content.contains("module \"") || content.contains("\"module\"");
            if step.files.iter().any(|(_, content)| has_modules(content)) {
                L::init(self);
            }
            for action in &step.actions {
                self.place = format!("{}: {action}", step.title);
                self.act::<L>(action);
            }
        }
    }

    fn act<L: Listener>(&mut self, action: &Action) {
        match action {
            Action::Env(name, value) => self.env.push((name.clone(), value.clone())),
            Action::Remove(path) => {
                std::fs::remove_file(self.dir.path().join(path)).expect("the file is there");
            }
            Action::Run(words) => L::command(self, &borrowed(words), false),
            Action::Ask(words) => L::command(self, &borrowed(words), true),
            Action::Plan(flags) => _ = L::plan(self, &borrowed(flags), true),
            Action::Refused(flags) => _ = L::plan(self, &borrowed(flags), false),
            Action::Apply(flags) | Action::Breaks(flags) => {
                let flags = borrowed(flags);
                if L::plan(self, &flags, true) {
                    L::apply(self, &flags, matches!(action, Action::Apply(_)));
                }
            }
        }
    }

    /// What the tool says to the command `words`.
    pub(crate) fn tool(&self, words: &[&str]) -> Output {
        self.dir.run_with(&self.program, words, self.env.iter().map(|(n, v)| (&**n, &**v)))
    }

    /// Keeps a document of what is being done now.
    pub(crate) fn keep(&mut self, kind: &str, content: Json) {
        let (kind, place) = (kind.to_owned(), self.place.clone());
        self.transcript.documents.push(Document { kind, place, content });
    }

    /// Notes if what the case says of `output` does not hold.
    pub(crate) fn expect(&mut self, what: &str, holds: bool, output: &Output) {
        if !holds {
            let said = format!("{}{}", output.stdout, output.stderr);
            let errors: Vec<&str> =
                said.lines().filter(|l| !l.contains(r#""@level":"info""#)).collect();
            let surprise = format!("{}: not so: {what}\n{}", self.place, errors.join("\n"));
            self.transcript.surprises.push(surprise);
        }
    }
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
