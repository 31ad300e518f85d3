//! The cases of the corpus: one text file each, with steps, commands and files.
//!
//! ```text
//! # What the case shows, in a line.
//! theme: lifecycle
//!
//! === create
//! --- main.tf
//! resource "terraform_data" "a" {}
//!
//! === replace it
//! $ apply -replace=terraform_data.a
//! ```
//!
//! A step writes its files over those of the step before, then runs its commands. A step without
//! commands plans and applies.

use std::fmt;
use std::path::Path;

/// Below the theme of a case: see [`Case::first_error`].
const FIRST_ERROR: &str = "errors: the first";

/// One case: a configuration and what happens to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// `theme/name`, from its place in the corpus.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// The row of `PARITY.md` that it belongs to: a key of [`crate::themes::THEMES`].
    pub theme: String,
    /// Whether it is of errors of syntax, of which groma finds more: then the oracle's first has to
    /// be among them. Written `errors: the first` below the theme.
    pub first_error: bool,
    /// In order.
    pub steps: Vec<Step>,
}

/// Files to write, then commands to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What happens.
    pub title: String,
    /// Path and content.
    pub files: Vec<(String, String)>,
    /// In order.
    pub actions: Vec<Action>,
}

/// What is done in a step, by both tools alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `apply FLAGS`: plan to a file, show it, apply it, show what is there, plan again.
    Apply(Vec<String>),
    /// `breaks FLAGS`: the same, and the apply fails.
    Breaks(Vec<String>),
    /// `plan FLAGS`: plan and show, without applying.
    Plan(Vec<String>),
    /// `refused FLAGS`: the plan fails.
    Refused(Vec<String>),
    /// `run COMMAND`: any command; how it ends is compared.
    Run(Vec<String>),
    /// `ask COMMAND`: any command; what it prints is compared too.
    Ask(Vec<String>),
    /// `env NAME=VALUE`: set from here on.
    Env(String, String),
    /// `remove PATH`: deletes a file.
    Remove(String),
}

/// Why a file of the corpus cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    line: usize,
    what: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl Case {
    /// Reads a case; `name` is its place in the corpus.
    pub fn parse(name: &str, text: &str) -> Result<Self, Malformed> {
        let mut case = Self { name: name.to_owned(), ..Self::default() };
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let bad = |what| Malformed { line: index + 1, what };
            let bare = line.trim_end_matches(['\r', '\n']);
            if let Some(title) = bare.strip_prefix("=== ") {
                if let Some((_, content)) = case.steps.last_mut().and_then(|s| s.files.last_mut()) {
                    // The empty line before a step belongs to the layout of the case.
                    if content == "\n" || content.ends_with("\n\n") {
                        content.pop();
                    }
                }
                case.steps.push(Step { title: title.to_owned(), ..Step::default() });
                continue;
            }
            let Some(step) = case.steps.last_mut() else {
                if let Some(title) = bare.strip_prefix("# ") {
                    title.clone_into(&mut case.title);
                } else if let Some(theme) = bare.strip_prefix("theme: ") {
                    theme.clone_into(&mut case.theme);
                } else if bare == FIRST_ERROR {
                    case.first_error = true;
                } else if !bare.is_empty() {
                    return Err(bad("expected `# title`, `theme: …` or `=== step`"));
                }
                continue;
            };
            if let Some(path) = bare.strip_prefix("--- ") {
                step.files.push((path.to_owned(), String::new()));
            } else if let Some((_, content)) = step.files.last_mut() {
                content.push_str(line);
            } else if let Some(action) = bare.strip_prefix("$ ") {
                step.actions.push(Action::parse(action).ok_or_else(|| bad("unknown action"))?);
            } else if !bare.is_empty() {
                return Err(bad("expected `$ action` or `--- file`"));
            }
        }
        let last = text.lines().count();
        for step in &mut case.steps {
            if step.actions.is_empty() {
                step.actions.push(Action::Apply(Vec::new()));
            }
        }
        if case.title.is_empty() || case.theme.is_empty() || case.steps.is_empty() {
            return Err(Malformed { line: last, what: "a case has a title, a theme and steps" });
        }
        Ok(case)
    }

    /// Every case under `folder`, by name: `theme/name.case`.
    ///
    /// # Panics
    /// If one cannot be read, or its folder is not its theme.
    pub fn read_all(folder: &Path) -> Vec<Self> {
        let mut cases = Vec::new();
        for theme in read_dir(folder).filter(|path| path.is_dir()) {
            for path in read_dir(&theme).filter(|p| p.extension().is_some_and(|e| e == "case")) {
                let text = std::fs::read_to_string(&path).expect("a case is UTF-8");
                let stem = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned());
                let theme = stem(&theme).expect("a folder has a name");
                let name = format!("{theme}/{}", stem(&path).expect("a file has a name"));
                let case = Self::parse(&name, &text).unwrap_or_else(|e| panic!("{name}: {e}"));
                assert_eq!(case.theme, theme, "{name} is in the folder of another theme");
                cases.push(case);
            }
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        cases
    }
}

fn read_dir(folder: &Path) -> impl Iterator<Item = std::path::PathBuf> + use<> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    entries.map(|entry| entry.expect("a folder can be listed").path())
}

impl Action {
    fn parse(line: &str) -> Option<Self> {
        let mut words = split(line).into_iter();
        let verb = words.next()?;
        let rest: Vec<String> = words.collect();
        Some(match verb.as_str() {
            "apply" => Self::Apply(rest),
            "breaks" => Self::Breaks(rest),
            "plan" => Self::Plan(rest),
            "refused" => Self::Refused(rest),
            "run" => Self::Run(rest),
            "ask" => Self::Ask(rest),
            "env" => {
                let (name, value) = rest.first()?.split_once('=')?;
                Self::Env(name.to_owned(), value.to_owned())
            }
            "remove" => Self::Remove(rest.into_iter().next()?),
            _ => return None,
        })
    }
}

/// Words apart at spaces, but not inside single quotes.
fn split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match (c, words.last_mut()) {
            ('\'', _) => quoted = !quoted,
            (' ', Some(word)) if !quoted && !word.is_empty() => words.push(String::new()),
            (' ', _) if !quoted => {}
            (_, Some(word)) => word.push(c),
            _ => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// As it is written in the corpus: what a shrunk random case is printed as.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "# {}\ntheme: {}\n", self.title, self.theme)?;
        if self.first_error {
            writeln!(f, "{FIRST_ERROR}")?;
        }
        for step in &self.steps {
            write!(f, "\n=== {}\n", step.title)?;
            for action in &step.actions {
                writeln!(f, "$ {action}")?;
            }
            for (path, content) in &step.files {
                write!(f, "--- {path}\n{content}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, words) = match self {
            Self::Apply(words) => ("apply", words),
            Self::Breaks(words) => ("breaks", words),
            Self::Plan(words) => ("plan", words),
            Self::Refused(words) => ("refused", words),
            Self::Run(words) => ("run", words),
            Self::Ask(words) => ("ask", words),
            Self::Env(name, value) => return write!(f, "env '{name}={value}'"),
            Self::Remove(path) => return write!(f, "remove {path}"),
        };
        f.write_str(verb)?;
        for word in words {
            if word.contains(' ') { write!(f, " '{word}'")? } else { write!(f, " {word}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Case};

    const TEXT: &str = "# Shows a thing.\ntheme: count\n\n=== create\n$ env TF_VAR_x=1\n\
        $ apply -var='y=a b'\n--- main.tf\nlocals {\n}\n\n--- m/a.tf\n=== gone\n$ apply\n";

    #[test]
    fn a_case_is_steps_of_files_and_actions() {
        let case = Case::parse("count/x", TEXT).expect("a case");
        assert_eq!(case.steps.len(), 2);
        let files: Vec<_> = case.steps[0].files.iter().map(|(p, c)| (&**p, &**c)).collect();
        assert_eq!(files, [("main.tf", "locals {\n}\n\n"), ("m/a.tf", "")]);
        assert_eq!(case.steps[0].actions[1], Action::Apply(vec!["-var=y=a b".to_owned()]));
    }

    #[test]
    fn what_is_printed_is_read_back() {
        let case = Case::parse("count/x", TEXT).expect("a case");
        let again = Case::parse("count/x", &case.to_string()).expect("a case");
        assert_eq!(case, again);
    }

    #[test]
    fn malformed_cases_are_refused_with_their_line() {
        let error = |text: &str| Case::parse("x", text).expect_err("malformed").to_string();
        assert_eq!(error("hello\n"), "line 1: expected `# title`, `theme: …` or `=== step`");
        assert_eq!(error("=== a\n$ dance\n"), "line 2: unknown action");
        assert_eq!(error("# t\n"), "line 1: a case has a title, a theme and steps");
    }
}
