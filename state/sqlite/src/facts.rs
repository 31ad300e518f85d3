//! Changes as facts about subjects, and how they are stored.

use groma_addr::{Ident, InstanceKey, Mode, ModuleInstance, ResourceInstance};
use groma_state::{Change, Dependencies, DeposedKey, Result};
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::body::{encode_checks, encode_object, encode_output};
use crate::error::Failure;
use crate::run::OpenRun;
use crate::worker::Session;

/// Kinds of subjects.
pub(crate) mod kind {
    pub(crate) const OBJECT: i64 = 0;
    pub(crate) const OUTPUT: i64 = 1;
    pub(crate) const CHECKS: i64 = 2;
}

/// What a fact is about: a row of `subjects`.
pub(crate) struct Subject {
    kind: i64,
    module: String,
    mode: i64,
    ty: Ident,
    name: Ident,
    key: String,
    deposed: String,
}

impl Subject {
    /// An object of a resource instance.
    pub(crate) fn object(addr: &ResourceInstance, deposed: Option<DeposedKey>) -> Self {
        Self {
            kind: kind::OBJECT,
            module: addr.module.to_string(),
            mode: match addr.resource.mode {
                Mode::Data => 0,
                Mode::Managed => 1,
                Mode::Ephemeral => 2,
            },
            ty: addr.resource.ty.clone(),
            name: addr.resource.name.clone(),
            key: match &addr.key {
                InstanceKey::None => String::new(),
                InstanceKey::Int(index) => format!("#{index}"),
                InstanceKey::Str(key) => format!("={key}"),
            },
            deposed: deposed.map_or_else(String::new, |key| key.to_string()),
        }
    }

    fn output(module: String, name: Ident) -> Self {
        let (ty, key, deposed) = ("".into(), String::new(), String::new());
        Self { kind: kind::OUTPUT, module, mode: 0, ty, name, key, deposed }
    }

    fn checks() -> Self {
        Self { kind: kind::CHECKS, ..Self::output(String::new(), "".into()) }
    }
}

/// What is so of a subject.
pub(crate) struct Says {
    provider: Option<String>,
    dependencies: Dependencies,
    body: Vec<u8>,
}

impl Says {
    fn only(body: Vec<u8>) -> Self {
        Self { provider: None, dependencies: Dependencies::none(), body }
    }
}

/// A change, ready to be stored.
pub(crate) enum Step {
    /// From now on it is so, or nothing is.
    Set(Subject, Option<Says>),
    /// A module instance has no outputs but these.
    OutputsAre { module: String, names: Vec<Ident> },
}

/// Encodes changes: done by who makes them, so that the thread that writes does not have to.
pub(crate) fn steps(changes: Vec<Change>) -> Result<Vec<Step>> {
    let mut steps = Vec::with_capacity(changes.len());
    for change in changes {
        match change {
            Change::Object { addr, deposed, provider, object } => {
                let says = object.map(|object| -> Result<Says> {
                    Ok(Says {
                        provider: Some(provider.to_string()),
                        body: encode_object(&object)?,
                        dependencies: object.dependencies,
                    })
                });
                steps.push(Step::Set(Subject::object(&addr, deposed), says.transpose()?));
            }
            Change::Output { name, output } => {
                let says = output.map(|o| encode_output(&o)).transpose()?.map(Says::only);
                steps.push(Step::Set(Subject::output(String::new(), name), says));
            }
            Change::ModuleOutputs { module, outputs } => {
                let text = module_text(&module);
                let names = outputs.keys().cloned().collect();
                steps.push(Step::OutputsAre { module: text.clone(), names });
                for (name, output) in outputs {
                    let says = Says::only(encode_output(&output)?);
                    steps.push(Step::Set(Subject::output(text.clone(), name), Some(says)));
                }
            }
            Change::Checks(checks) => {
                let says = checks.map(|checks| Says::only(encode_checks(&checks)));
                steps.push(Step::Set(Subject::checks(), says));
            }
        }
    }
    Ok(steps)
}

fn module_text(module: &ModuleInstance) -> String {
    module.to_string()
}

/// The newest fact of a subject.
struct Newest {
    id: i64,
    from: u64,
    to: Option<u64>,
    same: bool,
}

impl Session<'_> {
    /// Stores a change in the run's version, which is opened if need be.
    pub(crate) fn store(&self, run: &mut OpenRun, step: &Step) -> Result<(), Failure> {
        match step {
            Step::Set(subject, says) => {
                let id = if says.is_some() {
                    self.subject(run.state, subject)?
                } else {
                    let Some(id) = self.find_subject(run.state, subject)? else { return Ok(()) };
                    id
                };
                self.set(run, id, subject.kind, says.as_ref())
            }
            Step::OutputsAre { module, names } => {
                let sql = "SELECT s.id, s.name FROM subjects s JOIN facts f ON f.subject = s.id \
                           WHERE s.state = ?1 AND s.kind = 1 AND s.module = ?2 \
                           AND f.to_version IS NULL";
                let mut statement = self.conn.prepare_cached(sql)?;
                let there = statement
                    .query_map(params![run.state, module], |row| {
                        Ok((row.get(0)?, row.get::<_, String>(1)?))
                    })?
                    .collect::<Result<Vec<(i64, String)>, _>>()?;
                for (id, name) in there {
                    if !names.iter().any(|kept| **kept == *name) {
                        self.set(run, id, kind::OUTPUT, None)?;
                    }
                }
                Ok(())
            }
        }
    }

    fn find_subject(&self, state: i64, s: &Subject) -> Result<Option<i64>, Failure> {
        let sql = "SELECT id FROM subjects WHERE state = ?1 AND kind = ?2 AND module = ?3 \
                   AND type = ?4 AND name = ?5 AND key = ?6 AND deposed = ?7 AND mode = ?8";
        let values = params![state, s.kind, s.module, &*s.ty, &*s.name, s.key, s.deposed, s.mode];
        Ok(self.conn.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()?)
    }

    /// The id of a subject, made if need be.
    pub(crate) fn subject(&self, state: i64, s: &Subject) -> Result<i64, Failure> {
        if let Some(id) = self.find_subject(state, s)? {
            return Ok(id);
        }
        let sql = "INSERT INTO subjects (state, kind, module, type, name, key, deposed, mode) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let values = params![state, s.kind, s.module, &*s.ty, &*s.name, s.key, s.deposed, s.mode];
        self.conn.prepare_cached(sql)?.execute(values)?;
        Ok(self.conn.last_insert_rowid())
    }

    fn set(
        &self,
        run: &mut OpenRun,
        subject: i64,
        kind: i64,
        says: Option<&Says>,
    ) -> Result<(), Failure> {
        let text = |text: &Option<String>| text.as_deref().map(|t| self.text(t)).transpose();
        let (provider, dependencies) = match says {
            None => (None, None),
            Some(says) => (text(&says.provider)?, self.dependencies(&says.dependencies)?),
        };
        let newest = self.newest(subject, says, provider, dependencies)?;
        let live = newest.as_ref().filter(|newest| newest.to.is_none());
        if live.map_or(says.is_none(), |live| live.same) {
            return Ok(());
        }
        let version = run.open_version(self.conn)?;
        if kind == kind::OBJECT {
            let existed = match &newest {
                None => false,
                Some(newest) if newest.to == Some(version) => true,
                Some(newest) if newest.from < version => newest.to.is_none(),
                Some(_) => self.ended_in(subject, version)?,
            };
            let touched = newest.as_ref().is_some_and(|newest| newest.to == Some(version))
                || live.is_some_and(|live| live.from == version);
            run.count(existed, touched.then_some(live.is_some()), says.is_some());
        }
        let mut insert = says;
        match live {
            Some(live) if live.from == version => {
                if let Some(says) = insert.take() {
                    let sql = "UPDATE facts SET provider = ?2, dependencies = ?3, body = ?4 \
                               WHERE id = ?1";
                    let values = params![live.id, provider, dependencies, says.body];
                    self.conn.prepare_cached(sql)?.execute(values)?;
                } else {
                    self.conn
                        .prepare_cached("DELETE FROM facts WHERE id = ?1")?
                        .execute([live.id])?;
                }
            }
            Some(live) => {
                let sql = "UPDATE facts SET to_version = ?2 WHERE id = ?1";
                self.conn.prepare_cached(sql)?.execute(params![live.id, version])?;
            }
            None => {}
        }
        if let Some(says) = insert {
            let sql = "INSERT INTO facts (state, subject, from_version, provider, dependencies, \
                       body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let values = params![run.state, subject, version, provider, dependencies, says.body];
            self.conn.prepare_cached(sql)?.execute(values)?;
        }
        Ok(())
    }

    fn newest(
        &self,
        subject: i64,
        says: Option<&Says>,
        provider: Option<i64>,
        dependencies: Option<i64>,
    ) -> Result<Option<Newest>, Failure> {
        let sql = "SELECT id, from_version, to_version, provider, dependencies, body FROM facts \
                   WHERE subject = ?1 ORDER BY from_version DESC LIMIT 1";
        let read = |row: &Row<'_>| {
            let same = match says {
                None => false,
                Some(says) => {
                    row.get::<_, Option<i64>>(3)? == provider
                        && row.get::<_, Option<i64>>(4)? == dependencies
                        && row.get_ref(5)? == ValueRef::Blob(&says.body)
                }
            };
            Ok(Newest { id: row.get(0)?, from: row.get(1)?, to: row.get(2)?, same })
        };
        Ok(self.conn.prepare_cached(sql)?.query_row([subject], read).optional()?)
    }

    /// Whether something was so of the subject up to that version.
    fn ended_in(&self, subject: i64, version: u64) -> Result<bool, Failure> {
        let sql = "SELECT 1 FROM facts WHERE subject = ?1 AND to_version = ?2";
        Ok(self.conn.prepare_cached(sql)?.exists(params![subject, version])?)
    }
}
