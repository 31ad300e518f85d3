//! `ignore_changes`: what of the configuration gives way to what is there.

use groma_provider_api::Block;
use groma_value::{Fields, Marks, Path, PathStep, Value, View};

use super::path::{attribute_at, same_step};

/// What `ignore_changes` says.
#[derive(Clone, Debug, Default)]
pub(crate) enum Ignore {
    /// Nothing is ignored.
    #[default]
    Nothing,
    /// `all`
    All,
    /// These.
    Paths(Vec<Path>),
}

impl Ignore {
    /// The configuration as it is to be planned. Values carry no marks.
    pub(crate) fn apply(&self, prior: &Value, config: &Value, block: &Block) -> Value {
        if prior.is_null() {
            return config.clone();
        }
        match self {
            Self::Nothing => config.clone(),
            Self::All => all(prior, config, block),
            Self::Paths(paths) => kept(paths, prior, config),
        }
    }

    /// The planned object of a provider that changed what was to be ignored. Values carry no
    /// marks.
    pub(crate) fn revert(&self, prior: &Value, planned: &Value) -> Value {
        match self {
            Self::All if !prior.is_null() => prior.clone(),
            Self::Paths(paths) if !prior.is_null() => kept(paths, prior, planned),
            _ => planned.clone(),
        }
    }

    /// The marks of the configuration as it is to be planned, given those of the prior object and
    /// of the configuration as written.
    pub(crate) fn marks(
        &self,
        prior: &[(Path, Marks)],
        config: &[(Path, Marks)],
    ) -> Vec<(Path, Marks)> {
        match self {
            Self::Nothing => config.to_vec(),
            Self::All => prior.to_vec(),
            Self::Paths(paths) => {
                let ignored = |at: &Path| paths.iter().any(|path| is_within(at, path));
                let kept = prior.iter().filter(|(path, _)| ignored(path));
                let written = config.iter().filter(|(path, _)| !ignored(path));
                kept.chain(written).cloned().collect()
            }
        }
    }
}

fn is_within(at: &Path, path: &Path) -> bool {
    at.0.len() >= path.0.len() && at.0.iter().zip(&path.0).all(|(a, b)| same_step(a, b))
}

fn kept(paths: &[Path], prior: &Value, config: &Value) -> Value {
    paths.iter().fold(config.clone(), |config, path| keep(&config, prior, &path.0))
}

/// The prior object as a configuration: without what only the provider sets.
fn all(prior: &Value, config: &Value, block: &Block) -> Value {
    prior.transform(|path, value| {
        let computed = path.0.last().is_some_and(|step| matches!(step, PathStep::Attr(_)))
            && attribute_at(block, path).is_some_and(|attribute| {
                attribute.computed
                    && (!attribute.optional || config.at_path(path).is_none_or(Value::is_null))
            });
        if computed { Value::null(value.ty()) } else { value }
    })
}

/// `config` with the value of `prior` at a path, if the path leads anywhere in both. A key of a
/// map may be in one of them only.
fn keep(config: &Value, prior: &Value, path: &[PathStep]) -> Value {
    let Some((step, rest)) = path.split_first() else { return prior.clone() };
    match (config.view(), prior.view(), step) {
        (View::Object(ours), View::Object(theirs), PathStep::Attr(name) | PathStep::Key(name)) => {
            match (ours.get(name), theirs.get(name)) {
                (Some(our), Some(their)) => {
                    let kept = keep(our, their, rest);
                    Value::object(replace(ours, name, Some(kept)))
                }
                _ => config.clone(),
            }
        }
        (View::Map(ours), View::Map(theirs), PathStep::Key(name) | PathStep::Attr(name)) => {
            let kept = match (ours.get(name), theirs.get(name)) {
                (Some(our), Some(their)) => Some(keep(our, their, rest)),
                (None, Some(their)) if rest.is_empty() => Some(their.clone()),
                (Some(_), None) if rest.is_empty() => None,
                _ => return config.clone(),
            };
            map_like(config, replace(ours, name, kept))
        }
        // All of the map was removed from, or added to, the configuration.
        (View::Null, View::Map(theirs), PathStep::Key(name) | PathStep::Attr(name))
            if rest.is_empty() =>
        {
            match theirs.get(name) {
                Some(their) => {
                    map_like(prior, [(name.clone(), their.clone())].into_iter().collect())
                }
                None => config.clone(),
            }
        }
        (View::Map(ours), View::Null, PathStep::Key(name) | PathStep::Attr(name))
            if rest.is_empty() =>
        {
            let left = replace(ours, name, None);
            if left.is_empty() { prior.clone() } else { map_like(config, left) }
        }
        (
            View::List(ours) | View::Tuple(ours),
            View::List(theirs) | View::Tuple(theirs),
            PathStep::Index(at),
        ) => {
            let at = at.to_u64().and_then(|at| usize::try_from(at).ok());
            let Some(at) = at.filter(|at| *at < ours.len() && *at < theirs.len()) else {
                return config.clone();
            };
            let mut items = ours.to_vec();
            items[at] = keep(&ours[at], &theirs[at], rest);
            match (config.view(), config.ty().element()) {
                (View::List(_), Some(element)) => Value::list(element.clone(), items),
                _ => Value::tuple(items),
            }
        }
        _ => config.clone(),
    }
}

fn map_like(like: &Value, entries: Fields) -> Value {
    let element = like.ty().element().cloned().unwrap_or(groma_value::Type::Dynamic);
    Value::map(element, entries)
}

/// The fields with one replaced, added or (with no value) taken out.
fn replace(fields: &Fields, name: &groma_value::Str, value: Option<Value>) -> Fields {
    let others = fields.iter().filter(|(key, _)| *key != name);
    let others = others.map(|(key, value)| (key.clone(), value.clone()));
    others.chain(value.map(|value| (name.clone(), value))).collect()
}
