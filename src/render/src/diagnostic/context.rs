//! Which block a place in a file is in: `resource "null_resource" "a"`.

use std::path::Path;
use std::sync::Arc;

use groma_diag::{SourceFile, Span};
use groma_lang::syntax::{parse_file, parse_json_file};

/// The header of the block that `subject` is in; none if it is the header itself that is meant.
///
/// The file is parsed once more, since what was made of it may be long gone, or never was whole.
pub(super) fn enclosing_block(file: &SourceFile, subject: Span) -> Option<&str> {
    let outline = || {
        let is_json =
            Path::new(file.path()).extension().is_some_and(|extension| extension == "json");
        let bytes = Arc::clone(file.bytes());
        let (body, _) = if is_json {
            parse_json_file(subject.file, bytes)
        } else {
            parse_file(subject.file, file.path(), bytes)
        };
        body.outline()
    };
    let section = file.section(subject.start.checked_sub(1)?, outline)?;
    Some(&section.title)
}

#[cfg(test)]
mod tests {
    use super::enclosing_block;
    use groma_diag::{SourceMap, Span};

    fn check(path: &str, text: &str, needle: &str, expected: Option<&str>) {
        let sources = SourceMap::new();
        let id = sources.add(path, text.as_bytes());
        let file = sources.get(id).unwrap();
        let at = text.find(needle).unwrap() as u32;
        assert_eq!(enclosing_block(&file, Span::new(id, at, at + 1)), expected, "{needle}");
    }

    #[test]
    fn finds_the_block_that_a_place_is_in() {
        let text = "locals {\n  a = 1\n}\n\nresource \"t\"   n {\n  b = 2\n}\n# end\n";
        check("main.tf", text, "locals", None);
        check("main.tf", text, "a = 1", Some("locals"));
        check("main.tf", text, "resource", None);
        check("main.tf", text, "b = 2", Some("resource \"t\" \"n\""));
        check("main.tf", text, "# end", None);
    }

    #[test]
    fn finds_the_way_to_a_place_in_json() {
        let text = r#"{"output": {"x": [{"value": 1}]}}"#;
        check("main.tf.json", text, r#"{"output"#, None);
        check("main.tf.json", text, r#""x""#, Some("output"));
        check("main.tf.json", text, "1", Some("output.x[0]"));
    }
}
