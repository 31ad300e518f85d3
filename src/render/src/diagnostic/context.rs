//! Which block a place in a file is in: `resource "null_resource" "a"`.

use groma_diag::SourceFile;

/// The header of the top-level block that holds byte `offset`, as it is written.
///
/// Works on text alone, because a file that is worth a diagnostic may not parse: a header is a line
/// that starts in the first column with an identifier and ends with a brace.
pub(super) fn enclosing_block(file: &SourceFile, offset: u32) -> Option<String> {
    if std::path::Path::new(file.path()).extension().is_some_and(|e| e == "json") {
        return None;
    }
    let text = file.text(0, u32::MAX);
    let mut header = None;
    let mut at = 0usize;
    for line in text.split_inclusive('\n') {
        if at > offset as usize {
            break;
        }
        let trimmed = line.trim_end();
        if line.starts_with('}') && at + trimmed.len() <= offset as usize {
            header = None;
        } else if line.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            header = block_header(trimmed);
        }
        at += line.len();
    }
    header
}

fn block_header(line: &str) -> Option<String> {
    let brace = line.find('{')?;
    let words = line[..brace].trim();
    (!words.contains('=')).then(|| words.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::enclosing_block;
    use groma_diag::SourceMap;

    #[test]
    fn finds_the_block_that_a_place_is_in() {
        let sources = SourceMap::new();
        let text = "locals {\n  a = 1\n}\n\nresource \"t\"   \"n\" {\n  b = 2\n}\n# end\n";
        let file = sources.get(sources.add("main.tf", text.as_bytes())).unwrap();
        let at = |needle: &str| enclosing_block(&file, text.find(needle).unwrap() as u32);
        assert_eq!(at("a = 1"), Some("locals".into()));
        assert_eq!(at("b = 2"), Some("resource \"t\" \"n\"".into()));
        assert_eq!(at("end"), None);
    }
}
