//! What objects depend on: lists of resources, each with a list of its own.
//!
//! A list is a text, a line for each of its members: the address of a resource that depends on
//! nothing, or `#` and the id of a row of `links`. Such a row never changes, and is there when
//! all that it leads to is, so that what many objects share is written once.

use std::collections::HashMap;

use groma_state::{Dependencies, Dependency, Interner, parse_config_resource};
use rusqlite::{Connection, params};

use crate::error::Failure;
use crate::worker::Session;

/// A list as a text; empty for none.
fn text(list: &Dependencies) -> String {
    let mut text = String::new();
    for member in list.direct() {
        if !text.is_empty() {
            text.push('\n');
        }
        if member.on().is_empty() {
            text.push_str(&member.resource().to_string());
        } else {
            text.push('#');
            text.push_str(&member.id().to_string());
        }
    }
    text
}

impl Session<'_> {
    /// Stores a list, with all that it leads to; gives its id in `texts`.
    pub(crate) fn dependencies(&self, list: &Dependencies) -> Result<Option<i64>, Failure> {
        if list.is_empty() {
            return Ok(None);
        }
        let linked = |list: &'_ Dependencies| -> Vec<Dependency> {
            list.direct().iter().filter(|member| !member.on().is_empty()).cloned().collect()
        };
        let mut there = self.conn.prepare_cached("SELECT 1 FROM links WHERE id = ?1")?;
        let sql = "INSERT OR IGNORE INTO links (id, resource, dependencies) VALUES (?1, ?2, ?3)";
        let mut insert = self.conn.prepare_cached(sql)?;
        let mut pending: Vec<(Dependency, bool)> =
            linked(list).into_iter().map(|member| (member, false)).collect();
        while let Some((member, ready)) = pending.pop() {
            let id = member.id().to_string();
            if ready {
                let (resource, on) = (member.resource().to_string(), text(member.on()));
                insert.execute(params![id, resource, on])?;
            } else if !there.exists([&id])? {
                let on = linked(member.on());
                pending.push((member, true));
                pending.extend(on.into_iter().map(|member| (member, false)));
            }
        }
        self.text(&text(list)).map(Some)
    }
}

/// Reads lists, and shares what they share.
#[derive(Default)]
pub(crate) struct Links {
    known: HashMap<Box<str>, Dependency>,
    leaves: Interner,
}

impl Links {
    /// Reads a list from its text.
    pub(crate) fn read(&mut self, conn: &Connection, text: &str) -> Result<Dependencies, Failure> {
        let mut under_way: HashMap<Box<str>, (String, String)> = HashMap::new();
        let mut pending: Vec<Box<str>> = self.missing(text);
        while let Some(id) = pending.last() {
            if self.known.contains_key(id) {
                pending.pop();
                continue;
            }
            if let Some((resource, on)) = under_way.remove(id) {
                // All that it leads to is known by now, but for a row that leads to itself.
                let resource = parse_config_resource(&resource).map_err(|e| bad_address(&e))?;
                let link = Dependency::new(resource, self.list(&on)?);
                if *link.id().to_string() != **id {
                    return Err(Failure::corrupt("a dependency does not match its id"));
                }
                self.known.insert(id.clone(), link);
                pending.pop();
                continue;
            }
            let sql = "SELECT resource, dependencies FROM links WHERE id = ?1";
            let row: (String, String) =
                conn.prepare_cached(sql)?.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let missing = self.missing(&row.1);
            under_way.insert(id.clone(), row);
            pending.extend(missing);
        }
        self.list(text)
    }

    /// The ids in a list of which nothing is known yet.
    fn missing(&self, text: &str) -> Vec<Box<str>> {
        let ids = text.split('\n').filter_map(|line| line.strip_prefix('#'));
        ids.filter(|id| !self.known.contains_key(*id)).map(Into::into).collect()
    }

    /// A list, all links of which are known.
    fn list(&mut self, text: &str) -> Result<Dependencies, Failure> {
        if !text.contains('#') {
            let lines = text.split('\n');
            return self.leaves.dependencies(text, lines).map_err(|e| bad_address(&e));
        }
        let member = |line: &str| match line.strip_prefix('#') {
            Some(id) => {
                let known = self.known.get(id).cloned();
                known.ok_or_else(|| Failure::corrupt("dependencies lead in a circle"))
            }
            None => parse_config_resource(line)
                .map(|resource| Dependency::new(resource, Dependencies::none()))
                .map_err(|error| bad_address(&error)),
        };
        text.split('\n').map(member).collect()
    }
}

fn bad_address(error: &groma_addr::ParseError) -> Failure {
    Failure::corrupt(format!("an address cannot be read: {error}"))
}
