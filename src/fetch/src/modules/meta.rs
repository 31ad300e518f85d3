//! `<meta name="terraform-get" content="…">` of a page.
//!
//! Pages are read as leniently as browsers read them, as far as tags go: what is in comments,
//! scripts and the body does not count.

/// Where the page says that a package is.
pub(super) fn source(page: &str) -> Option<String> {
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..)?;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
            continue;
        }
        let (tag, after) = tag(rest)?;
        rest = after;
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        match &*name.to_ascii_lowercase() {
            "meta" => {
                let attributes = attributes(tag.get(name.len()..).unwrap_or_default());
                let value = |wanted: &str| {
                    let mut all = attributes.iter();
                    all.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, v)| &**v)
                };
                if value("name") == Some("terraform-get") {
                    return value("content").filter(|s| !s.is_empty()).map(str::to_owned);
                }
            }
            "body" => return None,
            raw @ ("script" | "style" | "title") => rest = after_element(rest, raw)?,
            _ => {}
        }
    }
    None
}

/// The text of a tag, up to a `>` that is in no quotes, and what is after it.
fn tag(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return Some((text.get(..at)?, text.get(at + 1..)?)),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

/// What is after `</name`.
fn after_element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = text;
    loop {
        let at = rest.find("</")?;
        rest = rest.get(at + 2..)?;
        if rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return Some(rest);
        }
    }
}

fn attributes(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '/');
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(after.trim_start()),
            None => ("", after),
        };
        if !name.is_empty() {
            found.push((name.to_owned(), unescaped(value)));
        }
        let next = after.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        // A stray `=` must not hold it up.
        rest = if next.len() == rest.len() { next.get(1..).unwrap_or_default() } else { next };
    }
    found
}

fn value(text: &str) -> (&str, &str) {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let text = text.get(1..).unwrap_or_default();
            text.split_once(quote).unwrap_or((text, ""))
        }
        _ => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
    }
}

/// The references to characters that addresses are written with.
fn unescaped(text: &str) -> String {
    let text = text.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#39;", "'");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&#38;", "&").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, expected: Option<&str>) {
        assert_eq!(source(page).as_deref(), expected, "{page}");
    }

    #[test]
    fn pages_say_where() {
        check("<meta name=\"terraform-get\" content=\"x//y\">", Some("x//y"));
        check(
            "<!doctype html><html><head><title>a < b</title>\n<META content='a?b=1&amp;c=2' \
             name=terraform-get /></head>",
            Some("a?b=1&c=2"),
        );
        check("<meta name=other content=x><meta name='terraform-get' content=y>", Some("y"));
    }

    #[test]
    fn others_do_not() {
        check("", None);
        check("<!-- <meta name=\"terraform-get\" content=\"x\"> -->", None);
        check("<script>'<meta name=\"terraform-get\" content=\"x\">'</script>", None);
        check("<body><meta name=\"terraform-get\" content=\"x\">", None);
        check("<meta name=\"terraform-get\">", None);
        check("<", None);
        check("<meta = = name", None);
        check("<meta name=\"terraform-get\" content=\"x", None);
    }
}
