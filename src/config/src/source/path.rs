//! Paths as text: `/` between names, whatever the system.

/// The shortest path that means the same, by the text alone: `a/./b/../c` is `a/c`, nothing is
/// `.`. Of an absolute path, `..` at the top is dropped.
pub fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if absolute => {}
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    match (absolute, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// `path` from `base`, clean. An absolute path stays what it is.
pub fn join(base: &str, path: &str) -> String {
    if path.starts_with('/') { clean(path) } else { clean(&format!("{base}/{path}")) }
}

/// The last name of a clean path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The directory that a clean path is in.
pub fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((parent, _)) => parent,
        None => ".",
    }
}

/// `target` as seen from `base`, both absolute and clean.
pub fn relative(base: &str, target: &str) -> String {
    let split = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (base, target) = (split(base), split(target));
    let common = base.iter().zip(&target).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", base.len() - common);
    let down = target[common..].iter().map(String::as_str);
    let parts: Vec<&str> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans() {
        for (path, expected) in [
            ("", "."),
            ("./", "."),
            ("a//b/./c", "a/b/c"),
            ("a/../../b", "../b"),
            ("../..", "../.."),
            ("/a/../../b", "/b"),
            ("/", "/"),
            ("a/..", "."),
        ] {
            assert_eq!(clean(path), expected, "{path}");
        }
    }

    #[test]
    fn joins() {
        assert_eq!(join(".", "./child"), "child");
        assert_eq!(join("child", "../other"), "other");
        assert_eq!(join("../a", "../b"), "../b");
        assert_eq!(join("a", "/etc"), "/etc");
        assert_eq!(join("/", "a"), "/a");
    }

    #[test]
    fn relates() {
        assert_eq!(relative("/a/b", "/a/c/d"), "../c/d");
        assert_eq!(relative("/a", "/a"), ".");
        assert_eq!(relative("/", "/a"), "a");
        assert_eq!(parent("/a"), "/");
        assert_eq!(parent("a/b"), "a");
        assert_eq!(parent("a"), ".");
    }
}
