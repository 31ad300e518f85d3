//! Reading a whole state.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use groma_addr::{InstanceKey, Mode, ProviderConfig, Resource, ResourceInstance};
use groma_state::{
    Change, DanglingIntent, Dependencies, DeposedKey, InstanceState, Intent, IntentAction,
    IntentId, Interner, Outputs, Snapshot, State, Stored, VersionId,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::body::{decode_checks, decode_object, decode_output};
use crate::error::Failure;
use crate::facts::kind;
use crate::links::Links;
use crate::run::OpenRun;
use crate::versions::run_columns;
use crate::worker::time;

/// The columns of a subject, from the first on.
const SUBJECT: &str = "s.kind, s.module, s.mode, s.type, s.name, s.key, s.deposed";

/// The state at the end of a version, or of the newest; `None` if there is no such version.
pub(crate) fn stored(
    conn: &Connection,
    state: i64,
    version: Option<VersionId>,
) -> Result<Option<Stored>, Failure> {
    // One transaction, so that version and facts belong together.
    let tx = conn.unchecked_transaction()?;
    let sql = "SELECT v.version, v.serial, v.lineage, r.terraform_version FROM versions v \
               JOIN runs r ON r.id = v.run WHERE v.state = ?1 AND (?2 IS NULL OR v.version = ?2) \
               ORDER BY v.version DESC LIMIT 1";
    // What no i64 can count cannot be there.
    let number = version.map(|v| i64::try_from(v.0).unwrap_or(-1));
    let found = tx
        .prepare_cached(sql)?
        .query_row(params![state, number], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((number, serial, lineage, terraform_version)) = found else { return Ok(None) };
    let state = load(&tx, state, number)?;
    let snapshot = Snapshot { lineage, serial, terraform_version, state };
    Ok(Some(Stored { version: VersionId(number), snapshot }))
}

/// The newest state, as a run sees it.
pub(crate) fn snapshot_of_run(conn: &Connection, run: &OpenRun) -> Result<Snapshot, Failure> {
    let state = load(conn, run.state, run.version + 1)?;
    let serial = if run.open { run.set_serial.unwrap_or(run.serial + 1) } else { run.serial };
    Ok(Snapshot { lineage: run.lineage.clone(), serial, terraform_version: String::new(), state })
}

/// Builds addresses from columns, and shares what is equal.
#[derive(Default)]
struct Builder {
    interner: Interner,
    links: Links,
    texts: HashMap<i64, Text>,
}

#[derive(Clone)]
enum Text {
    Provider(Arc<ProviderConfig>),
    Dependencies(Dependencies),
}

impl Builder {
    fn text(conn: &Connection, id: i64) -> Result<String, Failure> {
        let sql = "SELECT text FROM texts WHERE id = ?1";
        Ok(conn.prepare_cached(sql)?.query_row([id], |row| row.get(0))?)
    }

    fn provider(&mut self, conn: &Connection, id: i64) -> Result<Arc<ProviderConfig>, Failure> {
        if let Some(Text::Provider(provider)) = self.texts.get(&id) {
            return Ok(provider.clone());
        }
        let provider =
            self.interner.provider(&Self::text(conn, id)?).map_err(|e| bad_address(&e))?;
        self.texts.insert(id, Text::Provider(provider.clone()));
        Ok(provider)
    }

    fn dependencies(
        &mut self,
        conn: &Connection,
        id: Option<i64>,
    ) -> Result<Dependencies, Failure> {
        let Some(id) = id else { return Ok(Dependencies::none()) };
        if let Some(Text::Dependencies(list)) = self.texts.get(&id) {
            return Ok(list.clone());
        }
        let text = Self::text(conn, id)?;
        let list = self.links.read(conn, &text)?;
        self.texts.insert(id, Text::Dependencies(list.clone()));
        Ok(list)
    }

    /// The address in the columns of [`SUBJECT`].
    fn instance(
        &mut self,
        row: &Row<'_>,
    ) -> Result<(ResourceInstance, Option<DeposedKey>), Failure> {
        let text = |column| -> Result<&str, Failure> {
            row.get_ref(column)?.as_str().map_err(|e| Failure::corrupt(e.to_string()))
        };
        let mode = match row.get::<_, i64>(2)? {
            0 => Mode::Data,
            1 => Mode::Managed,
            2 => Mode::Ephemeral,
            _ => return Err(Failure::corrupt("a resource has no known mode")),
        };
        let module = self.interner.module(text(1)?).map_err(|e| bad_address(&e))?;
        let (ty, name) = (self.interner.ident(text(3)?), self.interner.ident(text(4)?));
        let bad_key = || Failure::corrupt("an instance key is not in its format");
        let key = match text(5)?.split_at_checked(1) {
            None => InstanceKey::None,
            Some(("#", index)) => InstanceKey::Int(index.parse().map_err(|_| bad_key())?),
            Some(("=", key)) => InstanceKey::Str(self.interner.ident(key)),
            Some(_) => return Err(bad_key()),
        };
        let deposed = match text(6)? {
            "" => None,
            key => Some(key.parse().map_err(|_| bad_key())?),
        };
        Ok((ResourceInstance { module, resource: Resource { mode, ty, name }, key }, deposed))
    }
}

fn bad_address(error: &groma_addr::ParseError) -> Failure {
    Failure::corrupt(format!("an address cannot be read: {error}"))
}

/// All that is so at the end of a version.
fn load(conn: &Connection, state: i64, version: u64) -> Result<State, Failure> {
    let mut builder = Builder::default();
    let mut instances: BTreeMap<ResourceInstance, InstanceState> = BTreeMap::new();
    let mut rest = Vec::new();
    let mut modules: BTreeMap<_, Outputs> = BTreeMap::new();
    // What still is so, and what ended later: each has its index.
    for ended in ["f.to_version IS NULL", "f.to_version > ?2"] {
        let sql = format!(
            "SELECT {SUBJECT}, f.provider, f.dependencies, f.body FROM facts f \
             CROSS JOIN subjects s ON s.id = f.subject \
             WHERE f.state = ?1 AND {ended} AND f.from_version <= ?2"
        );
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params![state, version])?;
        while let Some(row) = rows.next()? {
            let body = row.get_ref(9)?.as_blob().map_err(|e| Failure::corrupt(e.to_string()))?;
            match row.get::<_, i64>(0)? {
                kind::OBJECT => {
                    let (addr, deposed) = builder.instance(row)?;
                    let provider = builder.provider(conn, row.get(7)?)?;
                    let dependencies = builder.dependencies(conn, row.get(8)?)?;
                    let object = decode_object(body, dependencies)?;
                    let instance = instances.entry(addr).or_insert_with(|| InstanceState {
                        provider: provider.clone(),
                        current: None,
                        deposed: BTreeMap::new(),
                    });
                    match deposed {
                        None => {
                            // The current object's is the instance's.
                            instance.provider = provider;
                            instance.current = Some(object);
                        }
                        Some(key) => drop(instance.deposed.insert(key, object)),
                    }
                }
                kind::OUTPUT => {
                    let module: String = row.get(1)?;
                    let name = builder.interner.ident(&row.get::<_, String>(4)?);
                    let output = decode_output(body)?;
                    if module.is_empty() {
                        rest.push(Change::Output { name, output: Some(output) });
                    } else {
                        let module =
                            builder.interner.module(&module).map_err(|e| bad_address(&e))?;
                        modules.entry(module).or_default().insert(name, output);
                    }
                }
                kind::CHECKS => rest.push(Change::Checks(Some(decode_checks(body)?))),
                _ => return Err(Failure::corrupt("a fact is about nothing that is known")),
            }
        }
    }
    let mut state: State = instances.into_iter().collect();
    for change in rest {
        state.apply(change);
    }
    for (module, outputs) in modules {
        state.apply(Change::ModuleOutputs { module, outputs });
    }
    Ok(state)
}

/// The intents of a state, with the runs that they are of, oldest first.
pub(crate) fn intents(
    conn: &Connection,
    state: i64,
) -> Result<Vec<(i64, DanglingIntent)>, Failure> {
    let mut builder = Builder::default();
    let sql = format!(
        "SELECT {SUBJECT}, i.id, i.provider, i.action, i.planned, i.token, i.begun, i.run \
         FROM intents i JOIN subjects s ON s.id = i.subject WHERE i.state = ?1 ORDER BY i.id"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([state])?;
    let mut intents = Vec::new();
    while let Some(row) = rows.next()? {
        let (addr, deposed) = builder.instance(row)?;
        let run: i64 = row.get(13)?;
        let sql = "SELECT name, command, actor, commit_id, started, terraform_version FROM runs \
                   WHERE id = ?1";
        let (name, meta) = conn.prepare_cached(sql)?.query_row([run], run_columns)?;
        let action: String = row.get(9)?;
        let action = IntentAction::parse(&action)
            .ok_or_else(|| Failure::corrupt("an intent has no known action"))?;
        let intent = Intent {
            addr,
            deposed,
            provider: builder.provider(conn, row.get(8)?)?,
            action,
            planned: row.get::<_, Option<Vec<u8>>>(10)?.map(Into::into),
            token: row.get::<_, String>(11)?.into(),
        };
        let (id, begun) = (IntentId(row.get(7)?), time(row.get(12)?));
        intents.push((run, DanglingIntent { id, run: name, meta, begun, intent }));
    }
    Ok(intents)
}
