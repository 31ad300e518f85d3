//! Packages from web servers: archives, and pages that say where a package is.

use std::fs::File;
use std::io::{self, Write};
use std::time::Instant;

use groma_config::modules::ModuleSource;
use reqwest::header::HeaderName;
use url::Url;

use super::fetch::{FetchError, Fetched, Packages, Tools, narrow};
use super::limits::Limits;
use super::package::Package;
use crate::http::Response;

/// What says where a package is.
pub(super) const X_TERRAFORM_GET: HeaderName = HeaderName::from_static("x-terraform-get");
/// How many servers may lead on to another.
const MAX_HOPS: usize = 10;
/// Larger than any page that says where a package is.
const MAX_PAGE: u64 = 10 << 20;

/// Saves an archive.
pub(super) fn download(tools: &Tools, package: &Package, to: &mut File) -> Result<(), FetchError> {
    let response = ask(tools, package)?;
    let mut watched = Watched { to, limits: &tools.limits, begun: Instant::now() };
    response.save(&mut watched, tools.limits.bytes)?;
    Ok(())
}

/// Goes where a page says that the package is.
pub(super) fn follow(
    packages: &Packages,
    package: &Package,
    shown: &str,
    hops: usize,
) -> Result<Fetched, FetchError> {
    if hops >= MAX_HOPS {
        return Err(FetchError::TooManyHops);
    }
    let mut asked = package.clone();
    asked.query.push(("terraform-get".to_owned(), "1".to_owned()));
    let response = ask(packages.tools(), &asked)?;
    let found = match response.header(&X_TERRAFORM_GET) {
        Some(found) if !found.is_empty() => found.to_owned(),
        _ => {
            let page = response.bytes(MAX_PAGE)?;
            super::meta::source(&String::from_utf8_lossy(&page)).ok_or(FetchError::NoSource)?
        }
    };
    let (address, subdir) = target(&found, None, "the server")?;
    let fetched = packages.fetch(&address, shown, hops + 1)?;
    match subdir {
        Some(subdir) => narrow(fetched, &subdir),
        None => Ok(fetched),
    }
}

/// What a server says where a package is: its address, and the directory inside of it. A path may
/// be one from a `base`. `who` says so.
pub(super) fn target(
    found: &str,
    base: Option<&Url>,
    who: &'static str,
) -> Result<(String, Option<String>), FetchError> {
    let is_path = ["/", "./", "../"].iter().any(|start| found.starts_with(start));
    let found = match base.filter(|_| is_path) {
        Some(base) => {
            let joined = base.join(found).map_err(|error| FetchError::Url(error.to_string()))?;
            joined.to_string()
        }
        None => found.to_owned(),
    };
    let wrong = |why: String| FetchError::Url(why);
    match ModuleSource::parse(&found).map_err(|error| wrong(error.message))? {
        ModuleSource::Remote { package, subdir } => {
            // A server may say what to download, and not what to read on this disk.
            let (_, url) = package.split_once("::").unwrap_or(("", &package));
            if url.trim_start().to_ascii_lowercase().starts_with("file:")
                || package.to_ascii_lowercase().starts_with("file:")
            {
                return Err(FetchError::Led(who, super::redact::redacted(&found)));
            }
            Ok((package, subdir))
        }
        ModuleSource::Local(_) | ModuleSource::Registry { .. } => {
            Err(FetchError::Led(who, super::redact::redacted(&found)))
        }
    }
}

fn ask(tools: &Tools, package: &Package) -> Result<Response, FetchError> {
    let url = Url::parse(&package.url()).map_err(|error| FetchError::Url(error.to_string()));
    let mut url = url?;
    tools.logins.add_to(&mut url);
    let response = tools.client.get(url).allow_plain().send()?;
    if response.status().is_success() {
        Ok(response)
    } else {
        Err(FetchError::Status(response.status().as_u16()))
    }
}

/// Ends a download that takes too long, or that nobody wants any more.
struct Watched<'a> {
    to: &'a mut File,
    limits: &'a Limits,
    begun: Instant,
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.limits.in_time(self.begun).map_err(io::Error::other)?;
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
