//! Plans as files: what `-out` writes and `apply` and `show` read.
//!
//! A file is a line that names the format, the SHA-256 of the rest, and the plan as MessagePack
//! with named fields. The digest finds what a disk or a transfer did to it before anything of it is
//! believed. A plan holds sensitive values, so whoever writes the file makes it private.

use groma_state::{Dependencies, DependencyTable, TableError, TableWriter};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Plan;

/// The first line. The number grows with each change that older programs cannot read.
const MAGIC: &[u8] = b"groma plan 1\n";
const DIGEST: usize = 32;

/// What follows the checksum.
#[derive(Serialize)]
struct Written<'a> {
    plan: &'a Plan,
    dependencies: DependencyTable,
}

#[derive(Deserialize)]
struct Read {
    plan: Plan,
    dependencies: DependencyTable,
}

/// Why a file is not a plan that can be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It is something else.
    #[error("the file is not a plan file")]
    NotAPlan,
    /// It is a plan of Terraform's.
    #[error(
        "the file is a plan of Terraform's, which only Terraform can apply; make a plan with \
         \"groma plan -out\" instead"
    )]
    Terraform,
    /// It was written by another version of this program.
    #[error("the plan file has format {0:?}, which this version does not know; make a new plan")]
    OtherFormat(String),
    /// Its bytes are not what was written.
    #[error("the plan file is damaged: its content does not match its checksum")]
    Damaged,
    /// Its content makes no sense although nothing damaged it.
    #[error("the plan file cannot be read: {0}")]
    Content(String),
    /// A plan that has no form as bytes.
    #[error("the plan cannot be written: {0}")]
    Write(String),
}

/// The bytes of a plan file.
///
/// # Errors
/// [`PlanFileError::Write`]: a value has no form as bytes.
pub fn write_plan(plan: &Plan) -> Result<Vec<u8>, PlanFileError> {
    let mut out = MAGIC.to_vec();
    out.extend([0; DIGEST]);
    let mut serializer = rmp_serde::Serializer::new(&mut out).with_struct_map();
    let mut table = TableWriter::default();
    dependencies(plan).for_each(|dependencies| table.add(dependencies));
    let content = Written { plan, dependencies: table.finish() };
    Serialize::serialize(&content, &mut serializer)
        .map_err(|error| PlanFileError::Write(error.to_string()))?;
    let body = MAGIC.len() + DIGEST;
    let digest = Sha256::digest(&out[body..]);
    out[MAGIC.len()..body].copy_from_slice(&digest);
    Ok(out)
}

/// Reads what [`write_plan`] wrote.
///
/// # Errors
/// The bytes are something else, or damaged.
pub fn read_plan(bytes: &[u8]) -> Result<Plan, PlanFileError> {
    // Terraform's plan files are zip archives.
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(PlanFileError::Terraform);
    }
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
        return Err(match line.strip_prefix(b"groma plan ") {
            Some(format) if format.len() < 20 => {
                PlanFileError::OtherFormat(String::from_utf8_lossy(format).into_owned())
            }
            _ => PlanFileError::NotAPlan,
        });
    };
    let (digest, body) = rest.split_at_checked(DIGEST).ok_or(PlanFileError::Damaged)?;
    if Sha256::digest(body)[..] != *digest {
        return Err(PlanFileError::Damaged);
    }
    let read = rmp_serde::from_slice(body);
    let Read { mut plan, dependencies } =
        read.map_err(|error| PlanFileError::Content(error.to_string()))?;
    restore(&mut plan, dependencies).map_err(|error| PlanFileError::Content(error.to_string()))?;
    Ok(plan)
}

/// What each object in a plan depends on.
fn dependencies(plan: &Plan) -> impl Iterator<Item = &Dependencies> {
    let (before, after) = plan.states();
    let changes = plan.changes.iter().chain(&plan.drift);
    let planned = changes.map(|change| &change.object.dependencies);
    before.dependencies().chain(after.dependencies()).chain(planned)
}

/// Gives each object in a plan what it depends on, in the same order.
fn restore(plan: &mut Plan, table: DependencyTable) -> Result<(), TableError> {
    let mut table = table.read()?;
    let changes = plan.changes.iter_mut().chain(&mut plan.drift);
    let planned = changes.map(|change| &mut change.object.dependencies);
    let before = plan.prior.before_refresh.dependencies_mut();
    for place in before.chain(plan.prior.state.dependencies_mut()).chain(planned) {
        *place = table.next_object()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> String {
        read_plan(bytes).map(|_| ()).expect_err("it is refused").to_string()
    }

    #[test]
    fn other_files_are_refused_by_what_they_are() {
        assert!(refused(b"").contains("not a plan file"));
        assert!(refused(b"{}").contains("not a plan file"));
        assert!(refused(b"PK\x03\x04...").contains("Terraform"));
        assert!(refused(b"groma plan 7\n...").contains("format \"7\""));
        assert!(refused(b"groma plan 1\nshort").contains("damaged"));
        assert!(refused(&[MAGIC, &[0; 40]].concat()).contains("checksum"));
        let body = b"\xc0";
        let whole = [MAGIC, &Sha256::digest(body)[..], body].concat();
        assert!(refused(&whole).contains("cannot be read"));
    }
}
