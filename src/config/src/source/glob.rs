//! Files by pattern, as `fileset` finds them: the rules of the doublestar library, version 1.
//!
//! | Pattern | Matches |
//! |---|---|
//! | `**` between slashes | any number of directories, or none; at the end all that is in them |
//! | `*`, `?` | any text, any character, within one name |
//! | `[a-z]`, `[^a-z]` | a character of a class, or not of it |
//! | `{a,b}` | one of several patterns, which hold no slash |
//! | `\x` | the character itself |

use std::collections::BTreeSet;

use super::{EntryKind, Source, path};

/// Why there is no list of files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// The pattern is not one.
    #[error("failed to glob pattern {0:?}: syntax error in pattern")]
    Pattern(String),
    /// A symbolic link that matches leads nowhere.
    #[error("failed to stat {0:?}")]
    Stat(String),
}

/// The regular files in `dir` that match `pattern`, relative to `dir`, sorted. Symbolic links
/// are followed. What cannot be listed holds nothing. `dir` is part of the pattern, so that what
/// is special in a pattern is special in it too.
pub fn glob(source: &dyn Source, dir: &str, pattern: &str) -> Result<Vec<String>, GlobError> {
    let dir = path::clean(dir);
    let whole = path::clean(&format!("{dir}/{pattern}"));
    let (base, parts) = match whole.strip_prefix('/') {
        Some(rest) => ("/", rest),
        None => (".", &*whole),
    };
    let parts: Vec<&str> = parts.split('/').collect();
    let mut walk = Walk { source, found: BTreeSet::new() };
    walk.descend(base, &parts).map_err(|BadPattern| GlobError::Pattern(whole.clone()))?;
    let mut files = BTreeSet::new();
    for found in walk.found {
        match source.kind(&found) {
            Ok(Some(EntryKind::File)) => {
                files.insert(path::relative(
                    &path::join(source.root(), &dir),
                    &path::join(source.root(), &found),
                ));
            }
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return Err(GlobError::Stat(found)),
        }
    }
    Ok(files.into_iter().collect())
}

struct BadPattern;

struct Walk<'a> {
    source: &'a dyn Source,
    found: BTreeSet<String>,
}

impl Walk<'_> {
    fn descend(&mut self, dir: &str, parts: &[&str]) -> Result<(), BadPattern> {
        let plain = parts.iter().take_while(|part| !part.contains(['*', '?', '[', '{', '\\']));
        let plain = plain.count();
        let (names, parts) = parts.split_at(plain);
        let dir = names.iter().fold(dir.to_owned(), |dir, name| path::join(&dir, name));
        let Some((first, rest)) = parts.split_first() else {
            if let Ok(Some(_)) = self.source.kind(&dir) {
                self.found.insert(dir);
            } else if self.is_listed(&dir) {
                self.found.insert(dir);
            }
            return Ok(());
        };
        // Also what a loop of symbolic links ends in.
        let Ok(entries) = self.source.list(&dir) else { return Ok(()) };
        let mut pattern = (*first, rest);
        if *first == "**" {
            for entry in entries.iter() {
                let inner = path::join(&dir, &entry.name);
                match entry.kind {
                    EntryKind::Dir => self.descend(&inner, parts)?,
                    EntryKind::File if rest.is_empty() => {
                        self.found.insert(inner);
                    }
                    EntryKind::File | EntryKind::Other => {}
                }
            }
            match rest.split_first() {
                Some((next, after)) => pattern = (next, after),
                None => return Ok(()),
            }
        }
        let (first, rest) = pattern;
        let name_pattern: Vec<char> = first.chars().collect();
        for entry in entries.iter() {
            let name: Vec<char> = entry.name.chars().collect();
            if !matches(&name_pattern, &name)? {
                continue;
            }
            let inner = path::join(&dir, &entry.name);
            if rest.is_empty() {
                self.found.insert(inner);
            } else if entry.kind == EntryKind::Dir {
                self.descend(&inner, rest)?;
            }
        }
        Ok(())
    }

    /// Whether there is an entry of that name, if only a link that leads nowhere.
    fn is_listed(&self, path: &str) -> bool {
        let name = path::file_name(path);
        let entries = self.source.list(path::parent(path));
        entries.is_ok_and(|entries| entries.iter().any(|entry| entry.name == name))
    }
}

/// Whether a name matches a pattern. What is wrong with the pattern shows where it is tried.
fn matches(pattern: &[char], name: &[char]) -> Result<bool, BadPattern> {
    let (mut p, mut n) = (0, 0);
    while let (Some(&wanted), Some(&c)) = (pattern.get(p), name.get(n)) {
        p += 1;
        match wanted {
            '*' => {
                let rest = &pattern[p..];
                let tails = (n..name.len()).map(|from| &name[from..]);
                return Ok(rest.is_empty()
                    || tails.into_iter().any(|tail| matches(rest, tail).unwrap_or(false)));
            }
            '?' => {}
            '[' => {
                let end = p + index_of(&pattern[p..], ']').ok_or(BadPattern)?;
                if !in_class(&pattern[p..end], c)? {
                    return Ok(false);
                }
                p = end + 1;
            }
            '{' => {
                let end = p + index_of(&pattern[p..], '}').ok_or(BadPattern)?;
                for choice in split(&pattern[p..end]) {
                    let whole: Vec<char> =
                        choice.iter().chain(&pattern[end + 1..]).copied().collect();
                    if matches(&whole, &name[n..])? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            '\\' => {
                if *pattern.get(p).ok_or(BadPattern)? != c {
                    return Ok(false);
                }
                p += 1;
            }
            wanted if wanted != c => return Ok(false),
            _ => {}
        }
        n += 1;
    }
    Ok(n >= name.len() && pattern[p..].iter().all(|c| *c == '*'))
}

/// Where `wanted` first stands without a backslash before it.
fn index_of(pattern: &[char], wanted: char) -> Option<usize> {
    let mut escaped = false;
    pattern.iter().position(|&c| {
        let here = !escaped && c == wanted;
        escaped = !escaped && c == '\\';
        here
    })
}

/// The choices between commas.
fn split(choices: &[char]) -> Vec<&[char]> {
    let mut found = Vec::new();
    let mut rest = choices;
    while let Some(comma) = index_of(rest, ',') {
        found.push(&rest[..comma]);
        rest = &rest[comma + 1..];
    }
    found.push(rest);
    found
}

fn in_class(class: &[char], c: char) -> Result<bool, BadPattern> {
    let (negated, class) = match class {
        [] => return Err(BadPattern),
        ['^', class @ ..] => (true, class),
        class => (false, class),
    };
    let mut found = false;
    let mut rest = class;
    while !rest.is_empty() {
        let (low, after) = class_char(rest)?;
        let (high, after) = match after {
            ['-', after @ ..] => class_char(after)?,
            after => (low, after),
        };
        found |= (low..=high).contains(&c);
        rest = after;
    }
    Ok(found != negated)
}

fn class_char(class: &[char]) -> Result<(char, &[char]), BadPattern> {
    match class {
        [] | ['-', ..] | ['\\'] => Err(BadPattern),
        ['\\', c, rest @ ..] | [c, rest @ ..] => Ok((*c, rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::MemorySource;
    use super::*;

    fn source() -> MemorySource {
        let files = [".h/y", ".hidden", "a.txt", "b.tf", "sub/c.txt", "sub/x/d.txt", "[z].txt"];
        files.iter().fold(MemorySource::new(), |s, file| s.with(&format!("d/{file}"), ""))
    }

    #[track_caller]
    fn check(pattern: &str, expected: &[&str]) {
        assert_eq!(glob(&source(), "d", pattern).expect("files"), expected, "{pattern}");
    }

    #[test]
    fn finds_files() {
        check("*", &[".hidden", "[z].txt", "a.txt", "b.tf"]);
        check("**", &[".h/y", ".hidden", "[z].txt", "a.txt", "b.tf", "sub/c.txt", "sub/x/d.txt"]);
        check("**/*.txt", &["[z].txt", "a.txt", "sub/c.txt", "sub/x/d.txt"]);
        check("{a,b}.*", &["a.txt", "b.tf"]);
        check("{a,}.txt", &["a.txt"]);
        check("sub/**", &["sub/c.txt", "sub/x/d.txt"]);
        check("[ab].*", &["a.txt", "b.tf"]);
        check("[^a].*", &["b.tf"]);
        check("[!a].*", &["a.txt"]);
        check("\\[z].txt", &["[z].txt"]);
        check("?.txt", &["a.txt"]);
        check("**/d.txt", &["sub/x/d.txt"]);
        check("s**/c.txt", &["sub/c.txt"]);
        check("../d/*.tf", &["b.tf"]);
        check("/a.txt", &["a.txt"]);
        check("a.txt/", &["a.txt"]);
        check("sub", &[]);
        check("", &[]);
        check("*\\", &[]);
        check("a}", &[]);
        check("**/", &[".h/y", ".hidden", "[z].txt", "a.txt", "b.tf", "sub/c.txt", "sub/x/d.txt"]);
    }

    #[test]
    fn finds_nothing_where_nothing_is() {
        assert_eq!(glob(&source(), "nope", "*"), Ok(Vec::new()));
        assert_eq!(glob(&source(), "d/a.txt", "*"), Ok(Vec::new()));
        assert_eq!(glob(&source(), ".", "d/*.tf"), Ok(vec!["d/b.tf".to_owned()]));
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        for pattern in ["[", "{a", "{a.txt,sub/c.txt}", "[]a].txt", "[a-]"] {
            let expected = GlobError::Pattern(format!("d/{pattern}"));
            assert_eq!(glob(&source(), "d", pattern), Err(expected));
        }
    }
}
