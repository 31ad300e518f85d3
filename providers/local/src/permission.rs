//! Permissions as people write them: `0644`.

use groma_provider_api::native::Checks;

/// The bits of three or four octal digits, at most `0777`.
pub(crate) fn parse(text: &str) -> Result<u32, String> {
    if !(3..=4).contains(&text.len()) {
        return Err(format!("bad mode permission: string length should be 3 or 4 digits: {text}"));
    }
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode <= 0o777 => Ok(mode),
        _ => Err(format!(
            "bad mode permission: string must be expressed in octal numeric notation: {text}"
        )),
    }
}

/// Checks an attribute.
pub(crate) fn check(mut checks: Checks, attribute: &str) -> Checks {
    let problem = checks.config().str(attribute).map(parse).and_then(Result::err);
    if let Some(problem) = problem {
        checks.error(attribute, "Invalid File Permission String Value", problem);
    }
    checks
}
