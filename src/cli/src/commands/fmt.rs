//! `groma fmt`

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use groma_diag::{Diagnostic, Diagnostics};
use groma_lang::syntax::format;

use super::{Invocation, Outcome};
use crate::error::CommandError;

/// Rewrite configuration files in the canonical style
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files or directories; - for standard input. The working directory by default
    targets: Vec<PathBuf>,
    /// List the files whose formatting differs
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    list: bool,
    /// Write to the files
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    write: bool,
    /// Print what changes
    #[arg(long)]
    diff: bool,
    /// Write nothing; exit with 3 if a file is not in the canonical style
    #[arg(long)]
    check: bool,
    /// Work through subdirectories too
    #[arg(long)]
    recursive: bool,
}

/// Endings of the files that are worked on in a directory.
const ENDINGS: [&str; 4] = [".tf", ".tfvars", ".tftest.hcl", ".tfmock.hcl"];

pub fn run(args: &Args, invocation: &Invocation) -> Outcome {
    let mut run =
        Run { args, invocation, stdin: false, changed: false, problems: Diagnostics::new() };
    let here = [PathBuf::from(".")];
    let targets = if args.targets.is_empty() { &here[..] } else { &args.targets };
    if targets.iter().any(|target| target.as_os_str() == "-") {
        if targets.len() > 1 {
            return Err(CommandError::new(
                "Invalid arguments",
                "Standard input (-) cannot be formatted together with other targets.",
            ));
        }
        run.stdin = true;
        run.standard_input()?;
    } else {
        for target in targets {
            run.target(target);
        }
    }
    if run.problems.has_errors() {
        return Err(CommandError { code: 2, ..run.problems.into() });
    }
    Ok(if args.check && run.changed { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

struct Run<'a> {
    args: &'a Args,
    invocation: &'a Invocation,
    stdin: bool,
    changed: bool,
    problems: Diagnostics,
}

impl Run<'_> {
    fn problem(&mut self, summary: String, detail: String) {
        self.problems.push(Diagnostic::error(summary, detail));
    }

    fn standard_input(&mut self) -> Result<(), CommandError> {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| {
            CommandError::new("Failed to read standard input", format!("{error}."))
        })?;
        self.text("<stdin>", &bytes.into());
        Ok(())
    }

    fn target(&mut self, path: &Path) {
        match std::fs::metadata(path) {
            Ok(meta) if meta.is_dir() => self.directory(path),
            Ok(_) if is_ours(path.file_name()) => self.file(path),
            Ok(_) => self.problem(
                "Only .tf, .tfvars, and .tftest.hcl files can be processed with groma fmt".into(),
                format!("{} is none of them.", path.display()),
            ),
            Err(_) => self.problem(
                format!("No file or directory at {}", path.display()),
                "Give the path of a file or of a directory that is there.".into(),
            ),
        }
    }

    fn directory(&mut self, dir: &Path) {
        let listing = std::fs::read_dir(dir).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut entries = match listing {
            Ok(entries) => entries,
            Err(error) => {
                return self.problem(
                    "Failed to read the directory".into(),
                    format!("{}: {error}.", dir.display()),
                );
            }
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let text = name.to_string_lossy();
            if text.starts_with('.') || text.ends_with('~') || text.starts_with('#') {
                continue;
            }
            let path = if dir == Path::new(".") { PathBuf::from(&name) } else { dir.join(&name) };
            // A link is followed to a file, never to a directory: loops end here.
            let is_dir = entry.file_type().is_ok_and(|ty| ty.is_dir());
            if is_dir && self.args.recursive {
                self.directory(&path);
            } else if !is_dir && is_ours(Some(&name)) && path.is_file() {
                self.file(&path);
            }
        }
    }

    fn file(&mut self, path: &Path) {
        match std::fs::read(path) {
            Ok(bytes) => self.text(&path.display().to_string(), &bytes.into()),
            Err(error) => self.problem(
                "Failed to read file".into(),
                format!("{} cannot be read: {error}.", path.display()),
            ),
        }
    }

    fn text(&mut self, name: &str, bytes: &Arc<[u8]>) {
        let file = self.invocation.sources.add(name, bytes.clone());
        let formatted = match format(file, bytes) {
            Ok(formatted) => formatted,
            Err(problems) => return self.problems.extend(problems),
        };
        let differs = formatted[..] != bytes[..];
        self.changed |= differs;
        let terminal = self.invocation.terminal;
        if differs && self.args.list && !self.stdin {
            terminal.print(&format!("{name}\n"));
        }
        // As Terraform does: a check that lists nothing prints nothing.
        let quiet = self.args.check && (self.stdin || !self.args.list);
        if differs && self.args.diff && !quiet {
            terminal.print(&unified(name, bytes, &formatted));
        }
        if self.stdin {
            if !self.args.check && !self.args.diff {
                terminal.print_bytes(&formatted);
                if !formatted.ends_with(b"\n") {
                    terminal.print("\n");
                }
            }
        } else if differs
            && self.args.write
            && !self.args.check
            && let Err(error) = replace(Path::new(name), &formatted)
        {
            self.problem(
                "Failed to write file".into(),
                format!("{name} was left as it was: {error}."),
            );
        }
    }
}

fn is_ours(name: Option<&OsStr>) -> bool {
    let name = name.map(OsStr::to_string_lossy).unwrap_or_default();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn unified(name: &str, old: &[u8], new: &[u8]) -> String {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let diff = similar::TextDiff::from_lines(&*old, &*new);
    let (from, to) = (format!("old/{name}"), format!("new/{name}"));
    diff.unified_diff().context_radius(3).header(&from, &to).to_string()
}

/// Writes beside the file and renames, so that there never is half a file. A link stays a link,
/// and the file keeps its permissions.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let path = path.canonicalize()?;
    let permissions = path.metadata()?.permissions();
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(permissions)?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}
