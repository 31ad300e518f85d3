//! Patterns of paths, for implementations of [`Host::fileset`](super::Host::fileset).
//!
//! `*` is any text and `?` any character within one part of a path; `**` as a whole part is any
//! number of parts; `[a-z]` and `[^a-z]` are classes, `{a,b}` alternatives, and a backslash takes
//! what follows literally. Names that start with a dot match like others.

/// A pattern that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub struct GlobError;

/// A pattern of paths with `/` between their parts.
///
/// A host joins directory and pattern, cleans the whole as a path, and takes the regular files that
/// match; with [`Glob::literal_prefix`] it need not walk more than it must.
#[derive(Clone, Debug)]
pub struct Glob {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    /// `**`
    AnyParts,
    /// One part: each alternative is a sequence of tokens.
    One(Vec<Vec<Token>>),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    AnyText,
    AnyChar,
    Literal(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Glob {
    /// Reads a pattern.
    pub fn new(pattern: &str) -> Result<Self, GlobError> {
        let parts = split(pattern).into_iter().map(|part| {
            if part == "**" { Ok(Part::AnyParts) } else { Ok(Part::One(alternatives(part)?)) }
        });
        Ok(Self { parts: parts.collect::<Result<_, GlobError>>()? })
    }

    /// Whether the whole of `path` matches.
    pub fn matches(&self, path: &str) -> bool {
        let path: Vec<&str> = path.split('/').collect();
        matches_parts(&self.parts, &path)
    }

    /// The directory that everything that matches is in: the parts before the first one with a
    /// wildcard, without the last part of all.
    pub fn literal_prefix(&self) -> String {
        let literal = |part: &Part| match part {
            Part::One(alternatives) => match alternatives.as_slice() {
                [tokens] => tokens
                    .iter()
                    .map(|token| if let Token::Literal(c) = token { Some(*c) } else { None })
                    .collect::<Option<String>>(),
                _ => None,
            },
            Part::AnyParts => None,
        };
        let before_last = self.parts.len().saturating_sub(1);
        let names: Vec<String> = self.parts[..before_last].iter().map_while(literal).collect();
        let path = names.join("/");
        if path.is_empty() && !names.is_empty() { "/".to_owned() } else { path }
    }
}

/// Cuts at slashes that are not escaped.
fn split(pattern: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in pattern.char_indices() {
        if c == '/' && !escaped {
            parts.push(&pattern[start..at]);
            start = at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(&pattern[start..]);
    parts
}

/// The sequences that one part stands for: the product of its `{…}`.
fn alternatives(part: &str) -> Result<Vec<Vec<Token>>, GlobError> {
    /// More than these are no pattern that somebody means.
    const MOST: usize = 4096;
    let mut all = vec![Vec::new()];
    let mut rest = part;
    while !rest.is_empty() {
        if let Some(body) = rest.strip_prefix('{') {
            let (choices, after) = choices(body)?;
            let mut next = Vec::new();
            for choice in choices {
                for tokens in alternatives(choice)? {
                    next.extend(all.iter().map(|start| [start.as_slice(), &tokens].concat()));
                }
            }
            if next.len() > MOST {
                return Err(GlobError);
            }
            (all, rest) = (next, after);
            continue;
        }
        let (token, after) = token(rest)?;
        for tokens in &mut all {
            tokens.push(token.clone());
        }
        rest = after;
    }
    Ok(all)
}

/// The choices up to the closing brace, and what follows it.
fn choices(body: &str) -> Result<(Vec<&str>, &str), GlobError> {
    let (mut choices, mut start, mut depth, mut escaped) = (Vec::new(), 0, 0usize, false);
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => {}
            '{' => depth += 1,
            '}' if depth == 0 => {
                choices.push(&body[start..at]);
                return Ok((choices, &body[at + 1..]));
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                choices.push(&body[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    Err(GlobError)
}

fn token(text: &str) -> Result<(Token, &str), GlobError> {
    let mut chars = text.chars();
    let token = match chars.next().ok_or(GlobError)? {
        '*' => Token::AnyText,
        '?' => Token::AnyChar,
        '\\' => Token::Literal(chars.next().ok_or(GlobError)?),
        '[' => return class(chars.as_str()),
        c => Token::Literal(c),
    };
    Ok((token, chars.as_str()))
}

fn class(text: &str) -> Result<(Token, &str), GlobError> {
    let body = text.strip_prefix(['^', '!']);
    let mut rest = body.unwrap_or(text);
    let mut ranges = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix(']').filter(|_| !ranges.is_empty()) {
            return Ok((Token::Class { negated: body.is_some(), ranges }, after));
        }
        let (low, after) = class_char(rest)?;
        rest = after;
        let mut high = low;
        if let Some(after) = rest.strip_prefix('-') {
            (high, rest) = class_char(after)?;
        }
        ranges.push((low, high));
    }
}

fn class_char(text: &str) -> Result<(char, &str), GlobError> {
    let mut chars = text.chars();
    let c = match chars.next().ok_or(GlobError)? {
        '\\' => chars.next().ok_or(GlobError)?,
        '-' | ']' => return Err(GlobError),
        c => c,
    };
    Ok((c, chars.as_str()))
}

fn matches_parts(parts: &[Part], path: &[&str]) -> bool {
    match parts.split_first() {
        None => path.is_empty(),
        Some((Part::AnyParts, rest)) => {
            (0..=path.len()).any(|skipped| matches_parts(rest, &path[skipped..]))
        }
        Some((Part::One(alternatives), rest)) => path.split_first().is_some_and(|(name, path)| {
            let name: Vec<char> = name.chars().collect();
            alternatives.iter().any(|tokens| matches_name(tokens, &name))
                && matches_parts(rest, path)
        }),
    }
}

/// Goes back to the last `*` only, which is enough.
fn matches_name(tokens: &[Token], name: &[char]) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < name.len() {
        match tokens.get(token) {
            Some(Token::AnyText) => {
                retry = Some((token, at));
                token += 1;
                continue;
            }
            Some(other) if matches_char(other, name[at]) => {
                token += 1;
                at += 1;
                continue;
            }
            _ => {}
        }
        let Some((star, from)) = retry else { return false };
        retry = Some((star, from + 1));
        (token, at) = (star + 1, from + 1);
    }
    tokens[token..].iter().all(|token| *token == Token::AnyText)
}

fn matches_char(token: &Token, c: char) -> bool {
    match token {
        Token::AnyText | Token::AnyChar => true,
        Token::Literal(wanted) => *wanted == c,
        Token::Class { negated, ranges } => {
            ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match() {
        for (pattern, path, expected) in [
            ("*.txt", "a.txt", true),
            ("*.txt", "d/a.txt", false),
            ("**", "d/a.txt", true),
            ("**/*.txt", "a.txt", true),
            ("d/**/*.txt", "d/e/f/a.txt", true),
            ("a**", "ab/c", false),
            ("{a,b{c,d}}.*", "bd.x", true),
            ("[a-c]?[^x]", "bzy", true),
            ("[a-c]?[^x]", "bzx", false),
            (r"\*", "*", true),
            (r"\*", "a", false),
            ("*a*b*", "xaxxbx", true),
            (".*", ".hidden", true),
            ("*", ".hidden", true),
        ] {
            let glob = Glob::new(pattern).unwrap();
            assert_eq!(glob.matches(path), expected, "{pattern} {path}");
        }
        for pattern in ["[", "[]", "{a", "a\\", "[a-]"] {
            assert_eq!(Glob::new(pattern).err(), Some(GlobError), "{pattern}");
        }
    }

    #[test]
    fn walks_start_as_deep_as_they_can() {
        for (pattern, prefix) in
            [("a/b/*.x", "a/b"), ("a/b", "a"), ("*", ""), ("/a/*/b", "/a"), ("/*", "/")]
        {
            assert_eq!(Glob::new(pattern).unwrap().literal_prefix(), prefix);
        }
    }
}
