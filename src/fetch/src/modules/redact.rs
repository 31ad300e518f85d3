//! What may be secret in an address: it is shown to nobody.

/// What is shown instead.
const REDACTED: &str = "redacted";

/// Parameters whose values let somebody in.
const SECRET: &[&str] = &[
    "access_token",
    "api_key",
    "apikey",
    "auth",
    "aws_access_key_id",
    "aws_access_key_secret",
    "aws_access_token",
    "awsaccesskeyid",
    "key",
    "password",
    "private_token",
    "secret",
    "sig",
    "signature",
    "sshkey",
    "token",
    "x-amz-credential",
    "x-amz-security-token",
    "x-amz-signature",
    "x-goog-credential",
    "x-goog-signature",
];

/// An address without what may be secret.
pub fn redacted(address: &str) -> String {
    let mut text = String::with_capacity(address.len());
    let mut rest = address;
    for secret in secrets(address) {
        let Some((before, after)) = split_at_slice(rest, address, secret) else { continue };
        text.push_str(before);
        text.push_str(REDACTED);
        rest = after;
    }
    text + rest
}

/// Whether there is anything in an address that may be secret.
pub(super) fn has_secrets(address: &str) -> bool {
    !secrets(address).is_empty()
}

/// A text about an address, such as what a program said of it, without what may be secret in the
/// address.
pub(super) fn hidden(text: &str, address: &str) -> String {
    let mut text = text.replace(address, &redacted(address));
    let mut wanted: Vec<String> = Vec::new();
    for secret in secrets(address) {
        // A user's name and password are shown together and apart.
        for part in std::iter::once(secret).chain(secret.split(':')) {
            wanted.push(part.to_owned());
            wanted.extend(decoded(part));
        }
    }
    wanted.retain(|part| !part.is_empty());
    wanted.sort_by_key(|part| std::cmp::Reverse(part.len()));
    for part in &wanted {
        text = text.replace(part, REDACTED);
    }
    text
}

/// The parts that may be secret, in order.
fn secrets(address: &str) -> Vec<&str> {
    let mut secrets = Vec::new();
    let (base, query) = address.split_once('?').unwrap_or((address, ""));
    if let Some((scheme, rest)) = base.split_once("://") {
        let authority = rest.split('/').next().unwrap_or_default();
        if let Some((user, _)) = authority.rsplit_once('@') {
            // The name alone lets nobody in, but where it is a token.
            let over_http = scheme.ends_with("http") || scheme.ends_with("https");
            if user.contains(':') || over_http {
                secrets.push(user);
            }
        }
    }
    for pair in query.split('&') {
        if let Some((name, value)) = pair.split_once('=')
            && SECRET.contains(&&*name.to_ascii_lowercase())
            && !value.is_empty()
        {
            secrets.push(value);
        }
    }
    secrets
}

/// What is before and after `part`, a slice of `whole`, in `rest`, which is an end of it.
fn split_at_slice<'a>(rest: &'a str, whole: &str, part: &str) -> Option<(&'a str, &'a str)> {
    let at = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let at = at.checked_sub(whole.len() - rest.len())?;
    Some((rest.get(..at)?, rest.get(at + part.len()..)?))
}

/// With `%41` as `A`, if there is any.
fn decoded(text: &str) -> Option<String> {
    let pair = format!("x={text}");
    let decoded = url::form_urlencoded::parse(pair.as_bytes()).next()?.1.into_owned();
    (decoded != text).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: &str) {
        assert_eq!(redacted(address), expected);
        assert_eq!(hidden(&format!("fatal: '{address}'"), address), format!("fatal: '{expected}'"));
    }

    #[test]
    fn secrets_are_not_shown() {
        check("git::https://x.y/z.git?ref=v1", "git::https://x.y/z.git?ref=v1");
        check("git::https://u:p%41ss@x.y/z.git?ref=v1", "git::https://redacted@x.y/z.git?ref=v1");
        check("https://ghp_abc@x.y/z", "https://redacted@x.y/z");
        check(
            "git::ssh://git@x.y/z?sshkey=QUJD&ref=1",
            "git::ssh://git@x.y/z?sshkey=redacted&ref=1",
        );
        check(
            "https://x.y/z?X-Amz-Signature=abc&a=b",
            "https://x.y/z?X-Amz-Signature=redacted&a=b",
        );
        check("https://x.y/a@b", "https://x.y/a@b");
        check("./local", "./local");
    }

    #[test]
    fn nor_are_they_in_other_texts() {
        let address = "git::https://user:p%41ss@x.y/z.git";
        for said in ["for user:pAss", "for p%41ss at x.y", "pAss"] {
            let shown = hidden(said, address);
            assert!(!shown.contains("pAss") && !shown.contains("p%41ss"), "{shown}");
        }
    }
}
