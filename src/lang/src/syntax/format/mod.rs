//! `fmt`: source text in its canonical layout, byte for byte as `terraform fmt` makes it.
//!
//! | Module | Does |
//! |---|---|
//! | `rewrite` | what changes tokens: needless `"${…}"`, old type names, labels without quotes |
//! | `layout` | lines, indentation, and the columns of `=` and comments |
//! | `spacing` | whether there is a space between two tokens |
//!
//! In two places terraform's own `fmt` loses code: a label with a bare `$` or `%` in it
//! disappears, and so does the key of `a[true]`. Here they stay.
//!
//! Only spaces at the start of a line, between tokens, and before `=` and comments change;
//! line breaks, comments, and the inside of strings stay as they were written.

mod layout;
mod rewrite;
mod spacing;

use std::borrow::Cow;
use std::sync::Arc;

use groma_diag::{Diagnostics, FileId};

use super::lex::{Kind, Lexer};
use super::parse::parse_tree;

/// A token with the spaces before it.
#[derive(Clone, Debug)]
struct Token<'t> {
    kind: Kind,
    bytes: Cow<'t, [u8]>,
    /// How many bytes of space are before it.
    spaces: usize,
    /// Where it was in the source.
    start: u32,
}

impl Token<'_> {
    /// Whether it ends a line. A comment to the line's end has the line end in it.
    fn ends_line(&self) -> bool {
        match self.kind {
            Kind::Newline => true,
            Kind::Comment => self.bytes.ends_with(b"\n"),
            _ => false,
        }
    }

    /// How many more brackets are open after it.
    fn bracket_change(&self) -> isize {
        match self.kind {
            Kind::OBrace | Kind::OBrack | Kind::OParen | Kind::Control | Kind::Interp => 1,
            Kind::CBrace | Kind::CBrack | Kind::CParen | Kind::SeqEnd => -1,
            _ => 0,
        }
    }
}

/// The canonical form of a file of native syntax, or what is wrong with the file.
pub fn format(file: FileId, text: &Arc<[u8]>) -> Result<Vec<u8>, Diagnostics> {
    let (tree, body, diagnostics) = parse_tree(file, "", Arc::clone(text));
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let tokens = rewrite::rewrite(&tree, body, tokens_of(text));
    Ok(layout::lay_out(tokens))
}

fn tokens_of(text: &[u8]) -> Vec<Token<'_>> {
    let mut lexer = Lexer::code(text);
    let mut tokens = Vec::new();
    let mut last = 0;
    loop {
        let token = lexer.next_token();
        let bytes = text.get(token.range.bytes()).unwrap_or_default();
        let spaces = (token.range.start - last) as usize;
        let start = token.range.start;
        last = token.range.end;
        tokens.push(Token { kind: token.kind, bytes: Cow::Borrowed(bytes), spaces, start });
        if token.kind == Kind::Eof {
            return tokens;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use groma_diag::SourceMap;

    fn check(text: &str, expected: &str) {
        let map = SourceMap::new();
        let bytes: Arc<[u8]> = text.as_bytes().into();
        let file = map.add("main.tf", Arc::clone(&bytes));
        let formatted = super::format(file, &bytes).map(String::from_utf8);
        assert_eq!(formatted, Ok(Ok(expected.into())));
    }

    #[test]
    fn lines_up_and_rewrites() {
        check("a=1\nbbb   =\"${x}\" # c\n", "a   = 1\nbbb = x # c\n");
        check("variable x {\ntype=list\n}\n", "variable \"x\" {\n  type = list(any)\n}\n");
        check("a=\"${\nb\n?c:d}\"\n", "a = (b\n? c : d)\n");
    }

    #[test]
    fn loses_no_code() {
        check("x \"a$b\" \"%\" {}\n", "x \"a$b\" \"%\" {}\n");
        check("a = b[ true ]\n", "a = b[true]\n");
    }

    #[test]
    fn keeps_the_meaning() {
        check("a = <<-E\n   x\n    E\n", "a = <<-E\n   x\n    E\n");
        check("a = [\n1,\n   2\n  ]", "a = [\n  1,\n  2\n]");
    }
}
