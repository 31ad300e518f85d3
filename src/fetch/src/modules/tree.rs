//! Directories of packages: what may be in them, copies of them, and directories inside of them.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// What may not be in a package.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// A symbolic link leads out of it.
    #[error("the package has a symbolic link, {link:?}, to {target:?}, which is outside of it")]
    Escapes {
        /// The link's path inside of the package.
        link: String,
        /// What it says.
        target: String,
    },
    /// Something is neither a file, a directory nor a symbolic link.
    #[error("the package has an entry that is no file or directory: {0:?}")]
    Special(String),
    /// It cannot be read or written.
    #[error("{} cannot be read or written: {source}", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> TreeError + '_ {
    move |source| TreeError::Io { path: path.to_owned(), source }
}

/// Makes sure that nothing in a directory leads out of it.
///
/// # Errors
/// Something does, or it cannot be read.
pub fn confine(root: &Path) -> Result<(), TreeError> {
    let root = root.canonicalize().map_err(failed(root))?;
    let mut pending = vec![root.clone()];
    while let Some(dir) = pending.pop() {
        for entry in fs::read_dir(&dir).map_err(failed(&dir))? {
            let path = entry.map_err(failed(&dir))?.path();
            let kind = fs::symlink_metadata(&path).map_err(failed(&path))?.file_type();
            if kind.is_symlink() {
                confine_link(&root, &path)?;
            } else if kind.is_dir() {
                pending.push(path);
            } else if !kind.is_file() {
                return Err(TreeError::Special(shown(&root, &path)));
            }
        }
    }
    Ok(())
}

fn confine_link(root: &Path, link: &Path) -> Result<(), TreeError> {
    let target = fs::read_link(link).map_err(failed(link))?;
    let inside = match link.canonicalize() {
        Ok(real) => real.starts_with(root),
        // Where it leads to nothing, what it says must be inside all the same.
        Err(_) => said(root, link, &target),
    };
    // What is absolute leads elsewhere as soon as the package is.
    if inside && !target.is_absolute() {
        return Ok(());
    }
    let target = target.to_string_lossy().into_owned();
    Err(TreeError::Escapes { link: shown(root, link), target })
}

/// Whether a link says that it leads to a place below `root`, by its text alone.
fn said(root: &Path, link: &Path, target: &Path) -> bool {
    let Some(from) = link.parent().and_then(|dir| dir.strip_prefix(root).ok()) else {
        return false;
    };
    let mut depth = from.components().count();
    for component in target.components() {
        match component {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}

fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// Copies a confined directory, without the repository that it may be.
///
/// # Errors
/// It cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<(), TreeError> {
    copy_some(from, to, false)
}

/// The same without anything whose name begins with a dot.
///
/// # Errors
/// It cannot be read or written.
pub fn copy_visible(from: &Path, to: &Path) -> Result<(), TreeError> {
    copy_some(from, to, true)
}

fn copy_some(from: &Path, to: &Path, visible: bool) -> Result<(), TreeError> {
    fs::create_dir_all(to).map_err(failed(to))?;
    for entry in fs::read_dir(from).map_err(failed(from))? {
        copy_entry(&entry.map_err(failed(from))?, to, visible)?;
    }
    Ok(())
}

fn copy_entry(entry: &fs::DirEntry, to: &Path, visible: bool) -> Result<(), TreeError> {
    let (path, target) = (entry.path(), to.join(entry.file_name()));
    let kind = entry.file_type().map_err(failed(&path))?;
    let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
    if entry.file_name() == ".git" || visible && hidden {
        Ok(())
    } else if kind.is_dir() {
        copy_some(&path, &target, visible)
    } else if kind.is_symlink() {
        let said = fs::read_link(&path).map_err(failed(&path))?;
        symlink(&said, &target).map_err(failed(&target))
    } else {
        fs::copy(&path, &target).map(drop).map_err(failed(&target))
    }
}

/// Takes away what is at a path: a directory with all that is in it, a link, or nothing.
///
/// # Errors
/// It cannot be taken away.
pub fn remove(path: &Path) -> Result<(), TreeError> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    removed.map_err(failed(path))
}

/// Makes a symbolic link.
///
/// # Errors
/// It cannot be made.
#[cfg(unix)]
pub fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// There are none that everybody may make.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The directory inside of a package that a pattern means, as a path from the package.
///
/// # Errors
/// There is none, or more than one, in go-getter's words.
pub fn expand(package: &Path, pattern: &str) -> Result<String, String> {
    let mut found = vec![String::new()];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for dir in found {
            let join = |name: &str| {
                if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
            };
            if !part.contains(['*', '?', '[', '\\']) {
                next.extend(package.join(&dir).join(part).exists().then(|| join(part)));
                continue;
            }
            let entries = fs::read_dir(package.join(&dir)).into_iter().flatten();
            let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            next.extend(names.filter(|name| matches(part, name)).map(|name| join(&name)));
        }
        found = next;
    }
    match found.len() {
        0 => Err(format!("subdir {pattern:?} not found")),
        1 => Ok(found.pop().unwrap_or_default()),
        _ => Err(format!("subdir {pattern:?} matches multiple paths")),
    }
}

/// Whether a name matches a pattern of `*`, `?`, `[a-z]`, `[^a-z]` and `\x`.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    // Where the last `*` was, and how much of the name it stands for.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        let one = pattern.get(p..).zip(name.get(n)).and_then(|(rest, c)| one(rest, *c));
        if pattern.get(p) == Some(&'*') {
            star = Some((p, n));
            p += 1;
        } else if let Some(length) = one {
            p += length;
            n += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            p = at + 1;
            n = from + 1;
        } else {
            return false;
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

/// How long the start of a pattern is that matches one character, if it does.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match pattern {
        ['?', ..] => Some(1),
        ['\\', escaped, ..] => (*escaped == c).then_some(2),
        ['[', class @ ..] => {
            let negated = class.first() == Some(&'^');
            let class = if negated { class.get(1..)? } else { class };
            let end = class.iter().position(|c| *c == ']')?;
            let mut members = class.get(..end)?;
            let mut found = false;
            while let Some((&low, rest)) = members.split_first() {
                let (high, rest) = match rest {
                    ['-', high, rest @ ..] => (*high, rest),
                    rest => (low, rest),
                };
                found |= (low..=high).contains(&c);
                members = rest;
            }
            (found != negated).then_some(1 + usize::from(negated) + end + 1)
        }
        [literal, ..] => (*literal == c).then_some(1),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_patterns() {
        for (pattern, name, expected) in [
            ("su*", "sub", true),
            ("*", "anything", true),
            ("*b", "sub", true),
            ("s*x", "sub", false),
            ("s?b", "sub", true),
            ("[a-t]ub", "sub", true),
            ("[^a-t]ub", "sub", false),
            ("[^x]ub", "sub", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("[", "a", false),
            ("a*b*c", "axbxxc", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_directory_is_found_by_pattern() {
        let dir = tempfile::tempdir().expect("a directory");
        for name in ["pkg-1.0/a/x", "pkg-1.0/b"] {
            fs::create_dir_all(dir.path().join(name)).expect("directories");
        }
        let check = |pattern: &str, expected: Result<&str, &str>| {
            let found = expand(dir.path(), pattern);
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{pattern}");
        };
        check("*/a", Ok("pkg-1.0/a"));
        check("pkg-1.0/a/x", Ok("pkg-1.0/a/x"));
        check("*/*", Err("subdir \"*/*\" matches multiple paths"));
        check("no", Err("subdir \"no\" not found"));
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_inside() {
        #[track_caller]
        fn check(link: &str, target: &str, inside: bool) {
            let dir = tempfile::tempdir().expect("a directory");
            let root = dir.path().join("root");
            fs::create_dir_all(root.join("a/b")).expect("directories");
            fs::write(root.join("file"), "x").expect("a file");
            fs::write(dir.path().join("outside"), "x").expect("a file");
            symlink(Path::new(".."), &root.join("a/up")).expect("a link");
            symlink(Path::new(target), &root.join(link)).expect("a link");
            assert_eq!(confine(&root).is_ok(), inside, "{link} to {target}");
        }
        check("l", "file", true);
        check("a/l", "../file", true);
        check("a/b/l", "../../file", true);
        check("l", ".", true);
        check("l", "nothing/there", true);
        check("l", "l", true);
        check("l", "/etc/passwd", false);
        check("l", "../outside", false);
        check("a/l", "../../outside", false);
        check("l", "../nothing", false);
        // `a/up` is the top, so that this leads out though it reads as if it did not.
        check("a/l", "up/../outside", false);
        check("a/l", "../../root/file", true);
    }
}
