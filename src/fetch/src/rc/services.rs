//! `host`, `credentials` and `credentials_helper` blocks.

use std::collections::BTreeMap;

use groma_addr::service_host;
use groma_diag::Diagnostic;

use super::syntax::{Item, Value};
use super::{CliConfig, HelperProgram, Problems};
use crate::http::{Host, Token};

/// Reads the blocks into `config`.
pub(super) fn read(items: &[Item], config: &mut CliConfig, problems: &mut Problems) {
    for (name, block) in blocks(items, "host", problems) {
        if let Some(host) = host("host", name, problems) {
            config.services.entry(host).or_default().extend(services(block, problems));
        }
    }
    for (name, block) in blocks(items, "credentials", problems) {
        if let Some(host) = host("credentials", name, problems) {
            let token = argument(block, "token").and_then(|item| problems.text(item));
            config.credentials.insert(host, token.map(Token::new));
        }
    }
    let helpers = blocks(items, "credentials_helper", problems);
    problems.at_most_one("credentials_helper", helpers.len());
    config.credentials_helper = helpers.first().map(|(name, block)| HelperProgram {
        name: (*name).to_owned(),
        arguments: argument(block, "args").and_then(|i| texts(i, problems)).unwrap_or_default(),
    });
}

/// `NAME "LABEL" { … }`, or `NAME { "LABEL" { … } }`: each label with what is in its block.
fn blocks<'a>(
    items: &'a [Item],
    name: &str,
    problems: &mut Problems,
) -> Vec<(&'a str, &'a [Item])> {
    let mut found = Vec::new();
    for item in items.iter().filter(|item| item.name == name) {
        match (&item.labels[..], &item.value) {
            ([label], Value::Object(inner)) => found.push((&**label, &**inner)),
            ([], Value::Object(inner)) => {
                for item in inner {
                    match &item.value {
                        Value::Object(inner) => found.push((&*item.name, &**inner)),
                        _ => problems.mistyped(item, "a block"),
                    }
                }
            }
            _ => problems.mistyped(item, "a block with one label"),
        }
    }
    found
}

fn host(block: &str, name: &str, problems: &mut Problems) -> Option<Host> {
    let why = match (service_host(name), Host::parse(name)) {
        (Ok(_), Some(host)) => return Some(host),
        (Err(why), _) => why,
        (Ok(_), None) => "it cannot be used in a URL".to_owned(),
    };
    let summary = format!("The {block} {name:?} block has an invalid hostname: {why}");
    problems.config.push(Diagnostic::error(summary, ""));
    None
}

/// Where services are. Terraform leaves out what is no text, as some services have settings there.
fn services(block: &[Item], problems: &mut Problems) -> BTreeMap<String, String> {
    let Some(item) = argument(block, "services") else { return BTreeMap::new() };
    let Value::Object(services) = &item.value else {
        problems.mistyped(item, "an object");
        return BTreeMap::new();
    };
    let urls = services.iter().filter_map(|item| match &item.value {
        Value::Text(url) => Some((item.name.clone(), url.clone())),
        _ => None,
    });
    urls.collect()
}

fn argument<'a>(block: &'a [Item], name: &str) -> Option<&'a Item> {
    block.iter().rfind(|item| item.name == name)
}

fn texts(item: &Item, problems: &mut Problems) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    let texts = match &item.value {
        Value::List(values) => values.iter().map(text).collect(),
        _ => None,
    };
    if texts.is_none() {
        problems.mistyped(item, "a list of strings");
    }
    texts
}
