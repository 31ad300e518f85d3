//! Whether what was typed so far goes on in the next line.

/// What is open at some place of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `(`, `[`, `{`, or `${` and `%{` in a template.
    Bracket,
    /// `"`
    Quote,
}

/// Whether brackets or a heredoc are open at the end of `entry`. A quoted string that is not
/// closed is an error, which another line cannot mend; and an empty line ends brackets however
/// many are open, so that there is a way out.
pub fn is_open(entry: &str) -> bool {
    let mut open = Vec::new();
    let mut lines = entry.split('\n');
    while let Some(line) = lines.next() {
        let heredoc = scan(line, &mut open);
        if open.last() == Some(&Open::Quote) {
            return false;
        }
        if let Some(marker) = heredoc
            && !lines.any(|line| line.trim() == marker)
        {
            return true;
        }
    }
    !open.is_empty() && !entry.ends_with('\n')
}

/// Follows one line; gives the marker of the heredoc that begins at its end.
fn scan<'l>(line: &'l str, open: &mut Vec<Open>) -> Option<&'l str> {
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let quoted = open.last() == Some(&Open::Quote);
        let mut taken = c.len_utf8();
        match c {
            '"' if quoted => drop(open.pop()),
            '\\' if quoted => {
                taken += rest[taken..].chars().next().map_or(0, char::len_utf8);
            }
            '$' | '%' if quoted => {
                let escaped = rest[1..].starts_with(c);
                if rest[1..].starts_with('{') {
                    open.push(Open::Bracket);
                    taken = 2;
                } else if escaped && rest[2..].starts_with('{') {
                    taken = 3;
                }
            }
            _ if quoted => {}
            '"' => open.push(Open::Quote),
            '(' | '[' | '{' => open.push(Open::Bracket),
            ')' | ']' | '}' => drop(open.pop()),
            '#' => return None,
            '/' if rest.starts_with("//") => return None,
            '<' if rest.starts_with("<<") => {
                let marker = rest[2..].strip_prefix('-').unwrap_or(&rest[2..]).trim();
                let name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
                if !marker.is_empty() && marker.chars().all(name) {
                    return Some(marker);
                }
            }
            _ => {}
        }
        rest = &rest[taken..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(entry: &str, open: bool) {
        assert_eq!(is_open(entry), open, "{entry}");
    }

    #[test]
    fn brackets_and_heredocs_go_on() {
        check("1 + 1", false);
        check("[", true);
        check("[\n1,", true);
        check("[\n1,\n]", false);
        check("[\n1,\n", false);
        check("<<EOT\n", true);
        check("{ a = (1", true);
        check("upper(\"(\")", false);
        check(r#""a${"#, true);
        check(r#""a${upper("}")}""#, false);
        check(r#""a$${""#, false);
        check(r#""\"[""#, false);
        check("1 # [", false);
        check("1 // [", false);
        check("<<EOT", true);
        check("<<-EOT\n  [\n  EOT", false);
        check("upper(<<EOT\nx\nEOT", true);
        check("upper(<<EOT\nx\nEOT\n)", false);
        check("]", false);
        check("\"[", false);
        check("1 < 2", false);
    }
}
