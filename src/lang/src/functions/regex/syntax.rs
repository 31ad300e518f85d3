//! RE2 syntax as Go's `regexp` reads it, written out again for the `regex` crate.
//!
//! Both engines match alike (leftmost-first, no backtracking) but their syntaxes differ in places:
//! `\d`, `\w`, `\s` and `\b` are ASCII in Go, `[a&&b]` and `[a[b]` are plain sets, `{` and `{,2}`
//! literals, `\Q…\E`, `\<` and octal escapes mean something else. So every construct is read by
//! Go's rules, with Go's errors, and written in a form that has one meaning. (Writing to a string
//! cannot fail, so that its results are dropped.)

use std::fmt::Write as _;

use groma_value::Str;

/// Go's limit of a repetition count, and of nested ones multiplied.
const MOST_REPEATS: u32 = 1000;
/// Go's limit of nesting.
const DEEPEST: usize = 1000;

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// Go's words for it: `missing closing )`
    pub(super) problem: &'static str,
    /// The part of the expression that is at fault.
    pub(super) expression: String,
}

impl SyntaxError {
    fn new(problem: &'static str, expression: &str) -> Self {
        Self { problem, expression: expression.to_owned() }
    }

    /// The engine refused what passed here: it is too large, or names no Unicode class.
    pub(super) fn from_engine(error: &regex::Error, source: &str) -> Self {
        match error {
            regex::Error::CompiledTooBig(_) => Self::new("expression too large", source),
            _ => Self::new("invalid character class range", source),
        }
    }
}

/// An expression in the engine's syntax.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Translated {
    /// All its groups are unnamed.
    pub(super) pattern: String,
    /// The names that its groups have in the source, in order.
    pub(super) groups: Vec<Option<Str>>,
}

/// Reads `source` and writes it for the engine.
pub(super) fn translate(source: &str) -> Result<Translated, SyntaxError> {
    let mut translator = Translator {
        source,
        rest: source,
        out: String::with_capacity(source.len() + 16),
        groups: Vec::new(),
        open: vec![Level::default()],
    };
    translator.run()?;
    Ok(Translated { pattern: translator.out, groups: translator.groups })
}

/// One level of parentheses.
#[derive(Default)]
struct Level {
    /// What the last expression's repetitions multiply to; `None` where there is nothing to repeat.
    last: Option<u32>,
    /// Where the last repetition operator starts, if that is what comes last.
    repeat_at: Option<usize>,
    /// The greatest product of repetitions in this level.
    weight: u32,
}

impl Level {
    /// Notes an expression.
    fn expression(&mut self, weight: u32) {
        self.last = Some(weight);
        self.repeat_at = None;
        self.weight = self.weight.max(weight);
    }
}

struct Translator<'a> {
    source: &'a str,
    rest: &'a str,
    out: String,
    groups: Vec<Option<Str>>,
    open: Vec<Level>,
}

impl<'a> Translator<'a> {
    fn run(&mut self) -> Result<(), SyntaxError> {
        while let Some(c) = self.rest.chars().next() {
            match c {
                '(' => self.open_group()?,
                ')' => self.close_group()?,
                '|' => {
                    self.advance(1);
                    self.out.push('|');
                    let level = self.level();
                    (level.last, level.repeat_at) = (None, None);
                }
                '^' | '$' | '.' => {
                    self.advance(1);
                    self.out.push(c);
                    self.level().expression(1);
                }
                '[' => self.class()?,
                '*' | '+' | '?' => {
                    let (before, after) = (self.rest, &self.rest[1..]);
                    self.repeat(before, after, None)?;
                }
                '{' => match counts(self.rest) {
                    Some((min, max, after)) => {
                        let before = self.rest;
                        let text = &before[..before.len() - after.len()];
                        let least = |n: Option<u32>| n.is_some_and(|n| n <= MOST_REPEATS);
                        let ordered = max.is_none_or(|max| least(max) && min <= max);
                        if !least(min) || !ordered {
                            return Err(SyntaxError::new("invalid repeat count", text));
                        }
                        let most = max.flatten().or(min).unwrap_or(0);
                        self.repeat(before, after, Some(most))?;
                    }
                    None => self.literal(c, 1),
                },
                '\\' => self.escape()?,
                _ => self.literal(c, c.len_utf8()),
            }
        }
        if self.open.len() > 1 {
            return Err(SyntaxError::new("missing closing )", self.source));
        }
        Ok(())
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn offset(&self, rest: &str) -> usize {
        self.source.len() - rest.len()
    }

    fn level(&mut self) -> &mut Level {
        if self.open.is_empty() {
            self.open.push(Level::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn literal(&mut self, c: char, bytes: usize) {
        self.advance(bytes);
        push_literal(&mut self.out, c);
        self.level().expression(1);
    }

    /// A repetition of the last expression; `most` is the count of a `{…}` operator.
    fn repeat(
        &mut self,
        before: &'a str,
        after: &'a str,
        most: Option<u32>,
    ) -> Result<(), SyntaxError> {
        let after = after.strip_prefix('?').unwrap_or(after);
        let (start, end) = (self.offset(before), self.offset(after));
        let source = self.source;
        let level = self.level();
        if let Some(earlier) = level.repeat_at {
            let text = &source[earlier..end];
            return Err(SyntaxError::new("invalid nested repetition operator", text));
        }
        let text = &source[start..end];
        let Some(weight) = level.last else {
            return Err(SyntaxError::new("missing argument to repetition operator", text));
        };
        let weight = weight.saturating_mul(most.unwrap_or(1).max(1));
        if weight > MOST_REPEATS {
            return Err(SyntaxError::new("invalid repeat count", text));
        }
        level.expression(weight);
        level.repeat_at = Some(start);
        self.out.push_str(text);
        self.rest = after;
        Ok(())
    }

    fn open_group(&mut self) -> Result<(), SyntaxError> {
        if self.open.len() > DEEPEST {
            return Err(SyntaxError::new("expression nests too deeply", self.source));
        }
        if self.rest.starts_with("(?") {
            return self.special_group();
        }
        self.advance(1);
        self.groups.push(None);
        self.out.push('(');
        self.open.push(Level::default());
        Ok(())
    }

    /// `(?P<name>`, `(?<name>`, `(?flags)` or `(?flags:`
    fn special_group(&mut self) -> Result<(), SyntaxError> {
        let start = self.rest;
        let named = if start.starts_with("(?P<") && start.len() > 4 {
            Some(4)
        } else if start.starts_with("(?<") && start.len() > 3 {
            Some(3)
        } else {
            None
        };
        let Some(name_at) = named else { return self.flags() };
        let Some(end) = start.find('>') else {
            return Err(SyntaxError::new("invalid named capture", start));
        };
        let name = &start[name_at..end];
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(SyntaxError::new("invalid named capture", &start[..=end]));
        }
        self.groups.push(Some(name.into()));
        self.out.push('(');
        self.open.push(Level::default());
        self.advance(end + 1);
        Ok(())
    }

    fn flags(&mut self) -> Result<(), SyntaxError> {
        let start = self.rest;
        let mut flags = String::new();
        let (mut negated, mut seen) = (false, false);
        for (at, c) in start.char_indices().skip(2) {
            match c {
                'i' | 'm' | 's' | 'U' => {
                    // The engine wants each flag once; the last mention counts.
                    seen = true;
                    if !negated || !flags.split('-').nth(1).is_some_and(|off| off.contains(c)) {
                        flags.push(c);
                    }
                }
                '-' if !negated => {
                    (negated, seen) = (true, false);
                    flags.push('-');
                }
                ':' | ')' if seen || !negated => {
                    self.advance(at + 1);
                    self.write_flags(&flags, c);
                    return Ok(());
                }
                _ => {
                    let text = &start[..at + c.len_utf8()];
                    return Err(SyntaxError::new("invalid or unsupported Perl syntax", text));
                }
            }
        }
        Err(SyntaxError::new("invalid or unsupported Perl syntax", start))
    }

    /// `flags` as `on-off`, where a flag may be in both: the later one counts.
    fn write_flags(&mut self, flags: &str, end: char) {
        let (on, off) = flags.split_once('-').unwrap_or((flags, ""));
        let on: String = "imsU".chars().filter(|c| on.contains(*c) && !off.contains(*c)).collect();
        let off: String = "imsU".chars().filter(|c| off.contains(*c)).collect();
        let minus = if off.is_empty() { "" } else { "-" };
        if end == ':' {
            let _ = write!(self.out, "(?{on}{minus}{off}:");
            self.open.push(Level::default());
        } else if !(on.is_empty() && off.is_empty()) {
            let _ = write!(self.out, "(?{on}{minus}{off})");
        }
    }

    fn close_group(&mut self) -> Result<(), SyntaxError> {
        if self.open.len() < 2 {
            return Err(SyntaxError::new("unexpected )", self.source));
        }
        let weight = self.open.pop().map_or(1, |level| level.weight.max(1));
        self.advance(1);
        self.out.push(')');
        self.level().expression(weight);
        Ok(())
    }

    /// A backslash outside of a class.
    fn escape(&mut self) -> Result<(), SyntaxError> {
        let text = self.rest;
        let assertion = match text.as_bytes().get(1) {
            Some(b'A') => Some(r"\A"),
            Some(b'b') => Some(r"(?-u:\b)"),
            Some(b'B') => Some(r"(?-u:\B)"),
            Some(b'z') => Some(r"\z"),
            Some(b'C') => return Err(SyntaxError::new("invalid escape sequence", r"\C")),
            Some(b'Q') => {
                let body = &text[2..];
                let (quoted, after) = body.split_once(r"\E").unwrap_or((body, ""));
                for c in quoted.chars() {
                    push_literal(&mut self.out, c);
                    self.level().expression(1);
                }
                self.rest = after;
                return Ok(());
            }
            _ => None,
        };
        if let Some(assertion) = assertion {
            self.out.push_str(assertion);
            self.advance(2);
        } else if let Some((set, after)) = set_escape(text)? {
            let _ = write!(self.out, "[{set}]");
            self.rest = after;
        } else {
            let (c, after) = character_escape(text)?;
            match c {
                Some(c) => push_literal(&mut self.out, c),
                None => self.out.push_str(NOTHING),
            }
            self.rest = after;
        }
        self.level().expression(1);
        Ok(())
    }

    fn class(&mut self) -> Result<(), SyntaxError> {
        let (set, after) = class(self.rest)?;
        self.out.push_str(&set);
        self.rest = after;
        self.level().expression(1);
        Ok(())
    }
}

/// A class that matches nothing, for characters that no text has (surrogates).
const NOTHING: &str = r"[^\x{0}-\x{10FFFF}]";

fn push_literal(out: &mut String, c: char) {
    if c.is_ascii() && !c.is_ascii_alphanumeric() {
        let _ = write!(out, r"\x{{{:X}}}", c as u32);
    } else {
        out.push(c);
    }
}

/// `{2}`, `{2,}`, `{2,3}`: both counts (`None` for one beyond all limits; the second `None` where it
/// is unbounded) and what follows; nothing if it is no such operator.
#[expect(clippy::type_complexity, reason = "one caller")]
fn counts(text: &str) -> Option<(Option<u32>, Option<Option<u32>>, &str)> {
    let (min, rest) = count(text.strip_prefix('{')?)?;
    if let Some(after) = rest.strip_prefix('}') {
        return Some((min, Some(min), after));
    }
    let rest = rest.strip_prefix(',')?;
    if let Some(after) = rest.strip_prefix('}') {
        return Some((min, None, after));
    }
    let (max, rest) = count(rest)?;
    Some((min, Some(max), rest.strip_prefix('}')?))
}

/// A decimal without a leading zero.
fn count(text: &str) -> Option<(Option<u32>, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    Some((digits.parse().ok(), rest))
}

/// The class at the start of `text`.
fn class(text: &str) -> Result<(String, &str), SyntaxError> {
    let mut rest = &text[1..];
    let mut out = "[".to_owned();
    if let Some(after) = rest.strip_prefix('^') {
        out.push('^');
        rest = after;
    }
    let mut empty = true;
    let mut first = true;
    while first || !rest.starts_with(']') {
        first = false;
        if let Some((named, after)) = named_class(rest)? {
            out.push_str(named);
            (rest, empty) = (after, false);
            continue;
        }
        if let Some((set, after)) = set_escape(rest)? {
            out.push_str(&set);
            (rest, empty) = (after, false);
            continue;
        }
        let start = rest;
        let (low, after) = class_character(rest, text)?;
        rest = after;
        let mut high = low;
        if rest.len() > 1 && rest.starts_with('-') && !rest.starts_with("-]") {
            (high, rest) = class_character(&rest[1..], text)?;
            if high < low {
                let range = &start[..start.len() - rest.len()];
                return Err(SyntaxError::new("invalid character class range", range));
            }
        }
        empty &= !push_range(&mut out, low, high);
    }
    out.push(']');
    let after = &rest[1..];
    if empty {
        // Nothing but surrogates, which no text has.
        let all = out.starts_with("[^");
        return Ok((
            if all { r"[\x{0}-\x{10FFFF}]".to_owned() } else { NOTHING.to_owned() },
            after,
        ));
    }
    Ok((out, after))
}

/// Writes a range without the surrogates in it; whether anything is left.
fn push_range(out: &mut String, low: u32, high: u32) -> bool {
    let mut any = false;
    for (low, high) in [(low, high.min(0xd7ff)), (low.max(0xe000), high)] {
        if low <= high {
            let _ = write!(out, r"\x{{{low:X}}}-\x{{{high:X}}}");
            any = true;
        }
    }
    any
}

/// A character of a class, by its number.
fn class_character<'a>(text: &'a str, class: &str) -> Result<(u32, &'a str), SyntaxError> {
    let Some(c) = text.chars().next() else {
        return Err(SyntaxError::new("missing closing ]", class));
    };
    if c != '\\' {
        return Ok((c as u32, &text[c.len_utf8()..]));
    }
    character_number(text)
}

/// `[:alpha:]` inside a class.
fn named_class(text: &str) -> Result<Option<(&str, &str)>, SyntaxError> {
    const NAMES: [&str; 14] = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
        "space", "upper", "word", "xdigit",
    ];
    let Some(end) = text.strip_prefix("[:").and_then(|body| body.find(":]")) else {
        return Ok(None);
    };
    let (whole, after) = text.split_at(end + 4);
    let name = &whole[2..whole.len() - 2];
    if NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
        return Ok(Some((whole, after)));
    }
    Err(SyntaxError::new("invalid character class range", whole))
}

/// `\d` and its like, or `\p{Greek}`: what to write inside of a class.
fn set_escape(text: &str) -> Result<Option<(String, &str)>, SyntaxError> {
    let Some(rest) = text.strip_prefix('\\') else { return Ok(None) };
    let set = match rest.bytes().next() {
        Some(b'd') => "0-9",
        Some(b'D') => "[^0-9]",
        Some(b's') => r"\t\n\f\r\x{20}",
        Some(b'S') => r"[^\t\n\f\r\x{20}]",
        Some(b'w') => "0-9A-Za-z_",
        Some(b'W') => "[^0-9A-Za-z_]",
        Some(b'p' | b'P') => return unicode_class(text).map(Some),
        _ => return Ok(None),
    };
    Ok(Some((set.to_owned(), &rest[1..])))
}

/// The general categories that Go knows.
const CATEGORIES: [&str; 37] = [
    "C", "Cc", "Cf", "Co", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd",
    "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z",
    "Zl", "Zp", "Zs", "Cs", "Any",
];

fn unicode_class(text: &str) -> Result<(String, &str), SyntaxError> {
    let wrong = |part: &str| SyntaxError::new("invalid character class range", part);
    let mut negated = text.starts_with(r"\P");
    let body = &text[2..];
    let (name, after) = if let Some(braced) = body.strip_prefix('{') {
        braced.split_once('}').ok_or_else(|| wrong(text))?
    } else {
        body.split_at(body.chars().next().map_or(0, char::len_utf8))
    };
    let whole = &text[..text.len() - after.len()];
    let name = match name.strip_prefix('^') {
        Some(name) => {
            negated = !negated;
            name
        }
        None => name,
    };
    let letter = if negated { 'P' } else { 'p' };
    let set = match name {
        "Cs" if negated => r"\x{0}-\x{10FFFF}".to_owned(),
        "Cs" => NOTHING.to_owned(),
        // In Go, `C` has no unassigned characters.
        "C" if negated => r"[^\p{Cc}\p{Cf}\p{Co}]".to_owned(),
        "C" => r"\p{Cc}\p{Cf}\p{Co}".to_owned(),
        "Any" => format!(r"\{letter}{{Any}}"),
        _ if CATEGORIES.contains(&name) => format!(r"\{letter}{{gc={name}}}"),
        _ if !is_script(name) => return Err(wrong(whole)),
        _ => format!(r"\{letter}{{sc={name}}}"),
    };
    Ok((set, after))
}

/// Whether it is the long name of a script, in its exact spelling.
fn is_script(name: &str) -> bool {
    /// Other names of four letters are scripts' codes, which Go does not know.
    const SHORT: [&str; 8] = ["Ahom", "Cham", "Kawi", "Lisu", "Modi", "Newa", "Thai", "Toto"];
    let well_formed = name.split('_').all(|word| {
        word.starts_with(|c: char| c.is_ascii_uppercase() || word == "of")
            && word.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let code = name.len() == 4 && !SHORT.contains(&name);
    well_formed && !code && regex::Regex::new(&format!(r"\p{{sc={name}}}")).is_ok()
}

/// A backslash and what it stands for; `None` for a surrogate.
fn character_escape(text: &str) -> Result<(Option<char>, &str), SyntaxError> {
    let (number, after) = character_number(text)?;
    Ok((char::from_u32(number), after))
}

fn character_number(text: &str) -> Result<(u32, &str), SyntaxError> {
    let body = &text[1..];
    let Some(c) = body.chars().next() else {
        return Err(SyntaxError::new("trailing backslash at end of expression", ""));
    };
    let after = &body[c.len_utf8()..];
    let number = match c {
        '0'..='7' => {
            let follows = after.starts_with(|c: char| ('0'..='7').contains(&c));
            if c != '0' && !follows {
                return Err(wrong_escape(text, after));
            }
            let more = after.bytes().take(2).take_while(|b| (b'0'..=b'7').contains(b)).count();
            let digits = &body[..=more];
            return Ok((u32::from_str_radix(digits, 8).unwrap_or(0), &after[more..]));
        }
        'x' => return hexadecimal(text, after),
        'a' => 7,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'v' => 11,
        _ if c.is_ascii() && !c.is_ascii_alphanumeric() => c as u32,
        _ => return Err(wrong_escape(text, after)),
    };
    Ok((number, after))
}

fn wrong_escape(text: &str, after: &str) -> SyntaxError {
    SyntaxError::new("invalid escape sequence", &text[..text.len() - after.len()])
}

/// `\x7f` or `\x{10ffff}`; `after` follows the `x`.
fn hexadecimal<'a>(text: &str, after: &'a str) -> Result<(u32, &'a str), SyntaxError> {
    let mut rest = after.chars();
    if !after.starts_with('{') {
        let digits: Option<Vec<u32>> = [rest.next(), rest.next()]
            .into_iter()
            .map(|c| c.and_then(|c| c.to_digit(16)))
            .collect();
        return match digits.as_deref() {
            Some([high, low]) => Ok((high * 16 + low, rest.as_str())),
            _ => Err(wrong_escape(text, rest.as_str())),
        };
    }
    rest.next();
    let mut number: Option<u32> = None;
    while let Some(c) = rest.next() {
        if c == '}' {
            return number
                .map(|number| (number, rest.as_str()))
                .ok_or_else(|| wrong_escape(text, rest.as_str()));
        }
        let digit = c.to_digit(16).map(|digit| number.unwrap_or(0) * 16 + digit);
        match digit.filter(|number| *number <= 0x10_ffff) {
            Some(digit) => number = Some(digit),
            None => break,
        }
    }
    Err(wrong_escape(text, rest.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> Option<String> {
        let translated = translate(pattern).expect("the pattern is right");
        let regex = regex::Regex::new(&translated.pattern).expect("so is its translation");
        regex.find(text).map(|m| m.as_str().to_owned())
    }

    #[test]
    fn reads_what_go_reads() {
        for (pattern, text, expected) in [
            (r"\d+", "٣12", Some("12")),
            (r"\w+", "é_a1", Some("_a1")),
            (r"[a&&b]+", "x&b", Some("&b")),
            (r"[[a]+", "x[a", Some("[a")),
            (r"a{,2}", "aa{,2}", Some("a{,2}")),
            (r"a{", "a{", Some("a{")),
            (r"a{01}", "a{01}", Some("a{01}")),
            (r"\Qa.b\E+", "a.bb", Some("a.bb")),
            (r"\<", "<", Some("<")),
            (r"\101\x42\x{43}", "ABC", Some("ABC")),
            (r"[]a]+", "]a", Some("]a")),
            (r"[a-]+", "-a", Some("-a")),
            (r"[^\d]+", "1a\n2", Some("a\n")),
            (r"(?i)straSSe", "STRAsse", Some("STRAsse")),
            (r"(?U)a+", "aaa", Some("a")),
            (r"(?i-i)A", "aA", Some("A")),
            (r"(?)a", "a", Some("a")),
            (r"\bfoo\B", "foox", Some("foo")),
            (r"\pL\p{Greek}\P{^Lu}", "aαB", Some("aαB")),
            (r"[[:^alpha:]]+", "a1b", Some("1")),
            (r"x|", "y", Some("")),
            (r"\x{D800}", "a", None),
        ] {
            assert_eq!(matches(pattern, text).as_deref(), expected, "{pattern}");
        }
    }

    #[test]
    fn refuses_what_go_refuses() {
        for (pattern, problem, expression) in [
            ("(a", "missing closing )", "(a"),
            ("a)", "unexpected )", "a)"),
            ("[a", "missing closing ]", "[a"),
            ("x[b-a]", "invalid character class range", "b-a"),
            ("*a", "missing argument to repetition operator", "*"),
            ("a**", "invalid nested repetition operator", "**"),
            ("a{1001}", "invalid repeat count", "{1001}"),
            ("(a{100}){100}", "invalid repeat count", "{100}"),
            ("a{2,1}", "invalid repeat count", "{2,1}"),
            (r"\8", "invalid escape sequence", r"\8"),
            (r"\1", "invalid escape sequence", r"\1"),
            (r"a\", "trailing backslash at end of expression", ""),
            (r"\u1234", "invalid escape sequence", r"\u"),
            ("(?=a)", "invalid or unsupported Perl syntax", "(?="),
            ("(?x)a", "invalid or unsupported Perl syntax", "(?x"),
            ("(?P<a b>c)", "invalid named capture", "(?P<a b>"),
            (r"\p{Foo}", "invalid character class range", r"\p{Foo}"),
            ("[[:foo:]]", "invalid character class range", "[:foo:]"),
        ] {
            let expected = SyntaxError::new(problem, expression);
            assert_eq!(translate(pattern).unwrap_err(), expected, "{pattern}");
        }
    }
}
