//! Files and paths: `abspath`, `basename`, `dirname`, `file`, `filebase64`, `fileexists`,
//! `fileset`, `pathexpand`. Hashes of files are with the other hashes.

use groma_value::{Marks, Type, Value};

use super::encoding::encode_base64;
use super::sensitive::redact;
use super::{Call, Function, FunctionError, HostError, Parameter, returns};

const PATH: Parameter = Parameter::string("path");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abspath", "The absolute form of a path.", &[PATH], returns::string, |call| {
        Ok(Value::string(call.context.host.absolute(call.text(0)?)))
    }),
    Function::new("basename", "The last part of a path.", &[PATH], returns::string, |call| {
        Ok(Value::string(base(call.text(0)?)))
    }),
    Function::new("dirname", "A path without its last part.", &[PATH], returns::string, |call| {
        Ok(Value::string(dir(call.text(0)?)))
    }),
    Function::new(
        "file",
        "The content of a file, which must be UTF-8.",
        &[PATH.marked()],
        returns::string,
        file,
    ),
    Function::new(
        "filebase64",
        "The content of a file, in Base64.",
        &[PATH.marked()],
        returns::string,
        |call| {
            let marks = call.value(0)?.marks();
            Ok(Value::string(encode_base64(&source_file(call)?)).with_marks(marks))
        },
    ),
    Function::new(
        "fileexists",
        "Whether a file exists.",
        &[PATH.marked()],
        returns::bool,
        fileexists,
    ),
    Function::new(
        "fileset",
        "The files under a directory whose paths match a pattern: `*`, `**`, `?`, `{a,b}`, \
         `[a-z]`.",
        &[PATH.marked(), Parameter::string("pattern").marked()],
        |_| Ok(Type::set(Type::String)),
        fileset,
    ),
    Function::new(
        "pathexpand",
        "Replaces a `~` at the start of a path with the home directory.",
        &[PATH],
        returns::string,
        |call| Ok(Value::string(expand_home(call, call.text(0)?)?)),
    ),
];

/// The path with the home directory for `~`.
pub(super) fn expand_home(call: &Call<'_>, path: &str) -> Result<String, FunctionError> {
    let Some(rest) = path.strip_prefix('~') else { return Ok(path.to_owned()) };
    if !(rest.is_empty() || rest.starts_with('/')) {
        return Err(FunctionError::new("cannot expand user-specific home dir"));
    }
    let home =
        call.context.host.home().ok_or_else(|| {
            FunctionError::new("failed to expand ~: the home directory is not known")
        })?;
    Ok(if rest.is_empty() { home } else { clean(&format!("{home}{rest}")) })
}

/// The bytes of the file that the argument at 0 names, which must be part of the source.
pub(super) fn source_file(call: &Call<'_>) -> Result<Vec<u8>, FunctionError> {
    let (path, marks) = (call.text(0)?, call.value(0)?.marks());
    let expanded = expand_home(call, path)?;
    call.context.host.read_file(&expanded).map_err(|error| {
        let shown = redact(path, marks);
        FunctionError::argument(
            0,
            match error {
                HostError::NotFound(_) => format!(
                    "no file exists at {shown}; this function works only with files that are \
                 distributed as part of the configuration source code, so if this file will be \
                 created by a resource in this configuration you must instead obtain this result \
                 from an attribute of that resource"
                ),
                HostError::NotRegular(_) if marks != Marks::NONE => {
                    "failed to read file: is a directory".to_owned()
                }
                HostError::NotRegular(_) => {
                    format!("failed to read file: read {}: is a directory", clean(&expanded))
                }
                HostError::Other(message) => message,
            },
        )
    })
}

/// The file that the argument at 0 names, as text.
pub(super) fn source_text(call: &Call<'_>) -> Result<String, FunctionError> {
    let (path, marks) = (call.text(0)?, call.value(0)?.marks());
    String::from_utf8(source_file(call)?).map_err(|_| {
        FunctionError::new(format!(
            "contents of {} are not valid UTF-8; use the filebase64 function to obtain the \
             Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to \
             obtain file hashing results instead",
            redact(path, marks)
        ))
    })
}

fn file(call: &Call<'_>) -> Result<Value, FunctionError> {
    Ok(Value::string(source_text(call)?).with_marks(call.value(0)?.marks()))
}

fn fileexists(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (path, marks) = (call.text(0)?, call.value(0)?.marks());
    let path = expand_home(call, path)?;
    let exists = call.context.host.file_exists(&path).or_else(|error| {
        let shown = redact(&clean(&path), marks);
        match error {
            HostError::NotFound(_) => Ok(false),
            HostError::NotRegular(_) => {
                Err(FunctionError::new(format!("{shown} is a directory, not a file")))
            }
            HostError::Other(message) if marks == Marks::NONE => Err(FunctionError::new(message)),
            HostError::Other(_) => Err(FunctionError::new(format!("failed to stat {shown}"))),
        }
    })?;
    Ok(Value::bool(exists).with_marks(marks))
}

fn fileset(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (path, pattern) = (call.text(0)?, call.text(1)?);
    let marks = call.value(0)?.marks() | call.value(1)?.marks();
    let files = call.context.host.fileset(path, pattern).map_err(|error| {
        let shown = redact(&clean(&format!("{path}/{pattern}")), marks);
        FunctionError::new(format!("failed to glob pattern {shown}: {error}"))
    })?;
    let files = files.into_iter().map(Value::string).collect();
    Ok(Value::set(Type::String, files).with_marks(marks))
}

/// The shortest path that means the same, as Go's `filepath.Clean`.
pub(super) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}

fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    match path.trim_end_matches('/').rsplit('/').next() {
        Some("") | None => "/",
        Some(last) => last,
    }
}

fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |at| &path[..=at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        for (path, cleaned, directory, last) in [
            ("a/b/", "a/b", "a/b", "b"),
            ("", ".", ".", "."),
            ("/", "/", "/", "/"),
            ("a//b/../c", "a/c", "a", "c"),
            ("/../a", "/a", "/", "a"),
            ("../../a", "../../a", "../..", "a"),
            ("a", "a", ".", "a"),
        ] {
            assert_eq!(
                (clean(path), dir(path), base(path)),
                (cleaned.into(), directory.into(), last)
            );
        }
    }
}
