//! Speed, side by side with the real terraform in one run, with both tools' default settings.
//!
//! The configuration of the first section is of `terraform_data` with references across the graph and function calls in
//! each, which both tools have built in, so that nothing but the tools is measured.

mod plugins;
mod slow_cloud;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

use crate::command::{cargo, root};

/// What one run of a command took.
#[derive(Clone, Copy)]
struct Measured {
    wall: f64,
    cpu: f64,
    /// Megabytes.
    peak: f64,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Section {
    /// The tools by themselves
    Core,
    /// Plans through a real provider
    Plugins,
}

/// Builds the release binary and prints the tables: of one section, or of all.
pub(crate) fn run(quick: bool, only: Option<Section>) -> Result<(), String> {
    let wanted = |section| only.is_none_or(|only| only == section);
    cargo(&["build", "--release", "--package", "groma"])?;
    let groma = release_binary()?;
    let terraform = which_terraform();
    let dir = std::env::temp_dir().join(format!("groma-bench-{}", std::process::id()));
    fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
    let mut outcome = Ok(());
    if wanted(Section::Core) {
        println!("| What | groma | terraform | faster | memory |");
        println!("|---|---|---|---|---|");
        outcome = table(&dir, &groma, terraform.as_deref(), quick);
    }
    if let Some(terraform) = terraform.filter(|_| outcome.is_ok() && wanted(Section::Plugins)) {
        outcome = plugins::table(&dir, &groma, &terraform);
    }
    let removed = fs::remove_dir_all(&dir).map_err(|e| e.to_string());
    outcome.and(removed)
}

fn table(dir: &Path, groma: &Path, terraform: Option<&Path>, quick: bool) -> Result<(), String> {
    let scale = |n: usize| if quick { n / 10 } else { n };
    start_up(groma)?;
    for (n, both) in [(scale(1_000), true), (scale(10_000), true), (scale(100_000), false)] {
        let ours = median(3, || {
            let work = fresh(dir, n)?;
            measure(groma, &["plan"], &work, no_config())
        })?;
        let theirs = match terraform.filter(|_| both) {
            Some(terraform) => {
                let work = fresh(dir, n)?;
                Some(measure(terraform, &["plan", "-no-color"], &work, no_config())?)
            }
            None => None,
        };
        row(&format!("plan of {n}"), ours, theirs);
    }
    for (n, both) in [(scale(1_000), true), (scale(10_000), false), (scale(50_000), false)] {
        let apply = ["apply", "-auto-approve"];
        let ours = median(3, || measure(groma, &apply, &fresh(dir, n)?, no_config()))?;
        let theirs = match terraform.filter(|_| both) {
            Some(terraform) => Some(measure(terraform, &apply, &fresh(dir, n)?, no_config())?),
            None => None,
        };
        row(&format!("apply of {n}"), ours, theirs);
    }
    Ok(())
}

/// A CLI configuration file that says nothing.
fn no_config() -> &'static Path {
    Path::new("/dev/null")
}

fn start_up(groma: &Path) -> Result<(), String> {
    let here = std::env::temp_dir();
    let ours = median(11, || measure(groma, &["version"], &here, no_config()))?;
    println!("| start-up (`version`) | {:.1} ms, {:.0} MB | | | |", ours.wall * 1e3, ours.peak);
    Ok(())
}

fn row(what: &str, ours: Measured, theirs: Option<Measured>) {
    let cell = |m: Measured| format!("{:.2} s ({:.2} s cpu), {:.0} MB", m.wall, m.cpu, m.peak);
    match theirs {
        Some(theirs) => println!(
            "| {what} | {} | {} | {:.0}× | 1/{:.1} |",
            cell(ours),
            cell(theirs),
            theirs.wall / ours.wall,
            theirs.peak / ours.peak
        ),
        None => println!("| {what} | {} | | | |", cell(ours)),
    }
}

/// A new directory with a configuration of `n` resources.
fn fresh(dir: &Path, n: usize) -> Result<PathBuf, String> {
    let work = dir.join(format!("n{n}"));
    if work.exists() {
        fs::remove_dir_all(&work).map_err(|e| e.to_string())?;
    }
    fs::create_dir_all(&work).map_err(|e| e.to_string())?;
    fs::write(work.join("main.tf"), configuration(n)).map_err(|e| e.to_string())?;
    Ok(work)
}

/// Chains of ten, each link of which also refers to a resource far away.
fn configuration(n: usize) -> String {
    let mut out = "variable \"prefix\" {\n  type    = string\n  default = \"svc\"\n}\n\n\
                   locals {\n  tags = { owner = \"team\", env = \"prod\" }\n}\n"
        .to_owned();
    for i in 0..n {
        let parent = if i % 10 == 0 {
            "\"root\"".to_owned()
        } else {
            format!("terraform_data.r{}.output.name", i - 1)
        };
        let far =
            if i < 10 { "var.prefix".to_owned() } else { format!("terraform_data.r{}.id", i / 2) };
        let _ = write!(
            out,
            "\nresource \"terraform_data\" \"r{i}\" {{\n  input = {{\n    \
             name   = format(\"%s-%05d\", var.prefix, {i})\n    \
             size   = max({}, length(local.tags))\n    \
             parent = {parent}\n    \
             far    = {far}\n    \
             tags   = merge(local.tags, {{ index = \"{i}\" }})\n    \
             hash   = substr(sha256(\"{i}\"), 0, 8)\n  }}\n}}\n",
            i % 17
        );
    }
    out
}

fn median(
    runs: usize,
    mut once: impl FnMut() -> Result<Measured, String>,
) -> Result<Measured, String> {
    median_of((0..runs).map(|_| once()).collect::<Result<_, _>>()?)
}

fn median_of(mut all: Vec<Measured>) -> Result<Measured, String> {
    all.sort_by(|a, b| a.wall.total_cmp(&b.wall));
    all.get(all.len() / 2).copied().ok_or_else(|| "no runs".to_owned())
}

/// Runs a command in a process of its own that measures it, because the system's accounting is of
/// all children together.
fn measure(program: &Path, args: &[&str], dir: &Path, config: &Path) -> Result<Measured, String> {
    let this = std::env::current_exe().map_err(|e| e.to_string())?;
    let output = Command::new(this)
        .arg("measure")
        .arg(program)
        .arg("--")
        .args(args)
        .current_dir(dir)
        .env("TF_CLI_CONFIG_FILE", config)
        .env("CHECKPOINT_DISABLE", "1")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [wall, cpu, peak] if output.status.success() => Ok(Measured { wall, cpu, peak }),
        _ => Err(format!("{} {} failed in {}", program.display(), args.join(" "), dir.display())),
    }
}

/// Runs a command to its end and prints wall seconds, CPU seconds and peak megabytes.
#[expect(clippy::cast_precision_loss, reason = "seconds and kilobytes are far below 2^52")]
pub(crate) fn measure_here(program: &Path, args: &[String]) -> Result<(), String> {
    let started = Instant::now();
    let status = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let wall = started.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("{} ended with {status}", program.display()));
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|e| e.to_string())?;
    let seconds = |t: nix::sys::time::TimeVal| t.tv_sec() as f64 + t.tv_usec() as f64 / 1e6;
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    // Kibibytes on Linux.
    println!("{wall} {cpu} {}", usage.max_rss() as f64 / 1024.0);
    Ok(())
}

fn release_binary() -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|e| e.to_string())?;
    let target = this.ancestors().nth(2).map_or_else(|| root().join("target"), Path::to_path_buf);
    let binary = target.join("release").join(format!("groma{}", std::env::consts::EXE_SUFFIX));
    if binary.exists() { Ok(binary) } else { Err(format!("{} is missing", binary.display())) }
}

fn which_terraform() -> Option<PathBuf> {
    let found = Command::new("terraform").arg("version").output().is_ok_and(|o| o.status.success());
    if !found {
        eprintln!("skipped: terraform, install with its release archive, unpacked on the path");
    }
    found.then(|| "terraform".into())
}
