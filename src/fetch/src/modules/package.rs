//! Addresses of packages, understood: how each is fetched, with which parameters.

use url::form_urlencoded;

use super::fetch::FetchError;

/// How a package is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Getter {
    Git,
    Http,
    /// A directory or an archive on disk.
    File,
}

/// The address of a package, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub getter: Getter,
    /// Without the query.
    pub base: String,
    /// The parameters that are for whoever has the package.
    pub query: Vec<(String, String)>,
    /// Of which kind of archive it is, if it is one: what files of that kind end in.
    pub archive: Option<String>,
    /// What the archive must be: `sha256:…`.
    pub checksum: Option<String>,
}

/// What files end in that are archives, longest first where one ends in another.
const ARCHIVES: &[&str] =
    &["tar.tbz2", "tar.bz2", "tar.gz", "tar.xz", "tgz", "txz", "zip", "bz2", "gz", "xz"];

impl Package {
    /// Takes an address apart that is in the form that says all.
    ///
    /// # Errors
    /// There is no way to fetch it.
    pub(super) fn parse(address: &str) -> Result<Self, FetchError> {
        let (forced, url) = match address.split_once("::") {
            Some((getter, url)) if getter.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                (Some(getter), url)
            }
            _ => (None, address),
        };
        let scheme = url.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
        let getter = match forced.unwrap_or(scheme).to_ascii_lowercase().as_str() {
            "git" => Getter::Git,
            "http" | "https" => Getter::Http,
            "file" => Getter::File,
            "hg" => return Err(FetchError::Unsupported("Mercurial repositories")),
            "s3" => return Err(FetchError::Unsupported("buckets of Amazon S3")),
            "gcs" => return Err(FetchError::Unsupported("buckets of Google Cloud Storage")),
            other => return Err(FetchError::Scheme(other.to_owned())),
        };
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        let mut package = Self {
            getter,
            base: base.to_owned(),
            query: pairs.collect(),
            archive: None,
            checksum: None,
        };
        package.archive = match package.take("archive") {
            Some(archive) if is_false(&archive) => None,
            Some(archive) if ARCHIVES.contains(&&*archive) => Some(archive),
            // What is no kind of archive leaves it to the name, or to whoever has it.
            Some(archive) if !archive.is_empty() => None,
            _ => package.archive_by_name(),
        };
        package.checksum = package.take("checksum").filter(|checksum| !checksum.is_empty());
        Ok(package)
    }

    /// Takes a parameter away.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.query.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.query.remove(at);
        self.query.retain(|(key, _)| key != name);
        Some(value)
    }

    /// The base with what is left of the query.
    pub(super) fn url(&self) -> String {
        if self.query.is_empty() {
            return self.base.clone();
        }
        let mut pairs: Vec<&(String, String)> = self.query.iter().collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        format!("{}?{}", self.base, query.finish())
    }

    fn archive_by_name(&self) -> Option<String> {
        let path = self.base.split_once("://").map_or(&*self.base, |(_, rest)| rest);
        let path = path.find('/').and_then(|at| path.get(at..)).unwrap_or_default();
        let ending = ARCHIVES
            .iter()
            .find(|ending| path.strip_suffix(**ending).is_some_and(|name| name.ends_with('.')));
        ending.map(|ending| (*ending).to_owned())
    }
}

fn is_false(text: &str) -> bool {
    matches!(text, "0" | "f" | "F" | "false" | "FALSE" | "False")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: &str) {
        let shown = match Package::parse(address) {
            Ok(package) => {
                let Package { getter, archive, checksum, .. } = &package;
                format!("{getter:?} {} {archive:?} {checksum:?}", package.url())
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected, "{address}");
    }

    #[test]
    fn are_taken_apart() {
        check("git::https://x.y/z.git?ref=v1", "Git https://x.y/z.git?ref=v1 None None");
        check("https://x.y/z.zip?b=1&a=%20x", "Http https://x.y/z.zip?a=+x&b=1 Some(\"zip\") None");
        check("https://x.y/z?archive=tgz", "Http https://x.y/z Some(\"tgz\") None");
        check("https://x.y/z.zip?archive=false", "Http https://x.y/z.zip None None");
        check("https://x.y/z.tar.gz", "Http https://x.y/z.tar.gz Some(\"tar.gz\") None");
        check("https://x.zip", "Http https://x.zip None None");
        check("file:///a?checksum=md5:1", "File file:///a None Some(\"md5:1\")");
        check("git::ext::sh -c x", "Git ext::sh -c x None None");
    }

    #[test]
    fn others_are_refused_by_name() {
        check("foo::https://x.y/z", "download not supported for scheme 'foo'");
        check("C:\\x", "download not supported for scheme 'c'");
        check("hg::https://x.y/z", "modules cannot be installed from Mercurial repositories");
        check("s3::https://x.y/z", "modules cannot be installed from buckets of Amazon S3");
        check(
            "gcs::https://x.y/z",
            "modules cannot be installed from buckets of Google Cloud Storage",
        );
    }
}
