//! Reading.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use groma_addr::{AbsResource, InstanceKey, Mode, ProviderConfig, Resource, ResourceInstance};
use groma_value::{from_json, type_from_json};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{StateFileError, compact, paths_from_json};
use crate::intern::Interner;
use crate::{
    Attributes, Change, CheckObject, CheckResult, CheckStatus, CheckableKind, Dependencies,
    DeposedKey, Identity, InstanceState, Object, ObjectStatus, Output, Snapshot, State,
};

type Result<T> = std::result::Result<T, StateFileError>;
type Instances = BTreeMap<ResourceInstance, InstanceState>;

/// As Go decodes: stray bits at the end are dropped.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// How deeply the values of a file may be nested.
const MAX_DEPTH: usize = 1000;

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    version: Option<&'a RawValue>,
    #[serde(borrow)]
    terraform_version: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct FileV4<'a> {
    terraform_version: Option<String>,
    serial: Option<u64>,
    lineage: Option<String>,
    #[serde(borrow)]
    outputs: Option<BTreeMap<String, OutputV4<'a>>>,
    #[serde(borrow)]
    resources: Option<Vec<ResourceV4<'a>>>,
    check_results: Option<Vec<CheckV4>>,
}

#[derive(Deserialize)]
struct OutputV4<'a> {
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(rename = "type")]
    ty: Option<serde_json::Value>,
    sensitive: Option<bool>,
}

#[derive(Deserialize)]
struct ResourceV4<'a> {
    #[serde(borrow)]
    module: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    mode: Cow<'a, str>,
    #[serde(borrow, default, rename = "type")]
    ty: Cow<'a, str>,
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    provider: Cow<'a, str>,
    #[serde(borrow)]
    instances: Option<Vec<Members<'a>>>,
}

#[derive(Deserialize)]
struct CheckV4 {
    object_kind: String,
    config_addr: String,
    status: String,
    objects: Option<Vec<CheckObjectV4>>,
}

#[derive(Deserialize)]
struct CheckObjectV4 {
    object_addr: String,
    status: String,
    failure_messages: Option<Vec<String>>,
}

/// The members of an instance, so that those we do not know are not lost.
#[derive(Deserialize)]
#[serde(transparent)]
struct Members<'a>(#[serde(borrow)] BTreeMap<String, &'a RawValue>);

impl<'a> Members<'a> {
    /// Takes a member out; null is none.
    fn raw(&mut self, name: &str) -> Option<&'a RawValue> {
        self.0.remove(name).filter(|raw| raw.get() != "null")
    }

    fn take<T: Deserialize<'a>>(&mut self, name: &str) -> Result<Option<T>> {
        let parse = |raw: &'a RawValue| {
            serde_json::from_str(raw.get()).map_err(|_| {
                StateFileError::format(format!(
                    "The state file field \"resources.instances.{name}\" has invalid value {}",
                    kind(raw.get())
                ))
            })
        };
        self.raw(name).map(parse).transpose()
    }

    /// What is left, as a compact object.
    fn rest(self) -> Result<Option<Arc<[u8]>>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let json =
            serde_json::to_vec(&self.0).map_err(|e| StateFileError::format(e.to_string()))?;
        Ok(Some(compact(&json).into()))
    }
}

/// Reads a state file. Every error is found before anything is used.
pub fn read(bytes: &[u8]) -> Result<Snapshot> {
    let text = std::str::from_utf8(bytes).map_err(|e| not_json(e.valid_up_to()))?;
    if let Some(offset) = too_deep(bytes) {
        return Err(StateFileError::unsupported(format!(
            "The state file has more than {MAX_DEPTH} levels of nesting at byte offset {offset}."
        )));
    }
    if text.trim_ascii().is_empty() {
        return Err(StateFileError::unsupported("The state file is empty."));
    }
    check_version(text)?;
    let file: FileV4<'_> = serde_json::from_str(text).map_err(|error| {
        StateFileError::format(format!("The state file could not be decoded: {error}."))
    })?;
    let terraform_version = file.terraform_version.unwrap_or_default();
    if !terraform_version.is_empty() && !is_version(&terraform_version) {
        return Err(StateFileError::new(
            "Invalid Terraform version string",
            format!(
                "State file claims to have been written by Terraform version \
                 {terraform_version:?}, which is not a valid version string."
            ),
        ));
    }
    let mut state = read_resources(file.resources.unwrap_or_default())?;
    for (name, output) in file.outputs.unwrap_or_default() {
        let output = read_output(&name, &output)?;
        state.apply(Change::Output { name: name.into(), output: Some(output) });
    }
    if let Some(checks) = file.check_results {
        state.apply(Change::Checks(Some(checks.into_iter().filter_map(read_check).collect())));
    }
    Ok(Snapshot {
        lineage: file.lineage.unwrap_or_default(),
        serial: file.serial.unwrap_or_default(),
        terraform_version,
        state,
    })
}

/// Where the nesting goes beyond [`MAX_DEPTH`], if it does. Deeper values could be read, but
/// laying them out takes space that grows with the square of the depth.
fn too_deep(json: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in json.iter().enumerate() {
        if in_string {
            in_string = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(at);
        }
    }
    None
}

fn not_json(offset: usize) -> StateFileError {
    let mut error = StateFileError::unsupported(format!(
        "The state file could not be parsed as JSON: syntax error at byte offset {offset}."
    ));
    error.problems.append(&mut no_version().problems);
    error
}

fn no_version() -> StateFileError {
    StateFileError::unsupported(
        "The state file does not have a \"version\" attribute, which is required to identify the \
         format version.",
    )
}

/// What kind of JSON value it is, for messages, with nothing of what it says but a number.
fn kind(json: &str) -> String {
    match json.bytes().next() {
        Some(b'{') => "object".to_owned(),
        Some(b'[') => "array".to_owned(),
        Some(b'"') => "string".to_owned(),
        Some(b't' | b'f') => "bool".to_owned(),
        Some(b'n') => "null".to_owned(),
        _ => format!("number {json}"),
    }
}

fn check_version(text: &str) -> Result<()> {
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| {
        let before: usize =
            text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        not_json((before + error.column()).min(text.len()))
    })?;
    if whole.get() == "null" {
        return Err(no_version());
    }
    let bad = |found: &str| {
        StateFileError::unsupported(format!(
            "The version in the state file is {found}. A positive whole number is required."
        ))
    };
    if !whole.get().starts_with('{') {
        let mut error = bad(&kind(whole.get()));
        error.problems.append(&mut no_version().problems);
        return Err(error);
    }
    let header: Header<'_> = serde_json::from_str(whole.get())
        .map_err(|error| StateFileError::format(error.to_string()))?;
    let version = header.version.ok_or_else(no_version)?.get();
    match version.parse::<u64>().map_err(|_| bad(&kind(version)))? {
        4 => Ok(()),
        0 => Err(StateFileError::unsupported(
            "The state file uses JSON syntax but has a version number of zero. There was never a \
             JSON-based state format zero, so this state file is invalid and cannot be processed.",
        )),
        old @ 1..=3 => Err(StateFileError::unsupported(format!(
            "The state file uses format version {old}, which only Terraform before 0.12 wrote. Run \
             \"terraform apply -refresh-only\" with a later version of Terraform once to upgrade \
             it to version 4."
        ))),
        newer => {
            let by = header
                .terraform_version
                .and_then(|raw| serde_json::from_str::<String>(raw.get()).ok())
                .filter(|version| is_version(version))
                .map_or_else(
                    || "may have been created by a newer version of Terraform".to_owned(),
                    |version| format!("was created by Terraform {version}"),
                );
            Err(StateFileError::unsupported(format!(
                "The state file uses format version {newer}, which is not supported by Terraform \
                 1.11.4. This state file {by}."
            )))
        }
    }
}

/// `1.11.4`, `v1.2`, `1.0.0-beta1+x`
fn is_version(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, suffix) = text.split_at(end);
    numbers.split('.').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        && suffix.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+.~".contains(&b))
}

fn read_output(name: &str, output: &OutputV4<'_>) -> Result<Output> {
    let bad_type = |why: &dyn std::fmt::Display| {
        StateFileError::new(
            "Invalid output value type in state",
            format!("The state file has an invalid type specification for output {name:?}: {why}."),
        )
    };
    let ty = output.ty.as_ref().ok_or_else(|| bad_type(&"there is none"))?;
    let ty = type_from_json(ty).map_err(|error| bad_type(&error))?;
    let json = output.value.map_or("null", RawValue::get);
    let value = from_json(json.as_bytes(), &ty).map_err(|error| {
        StateFileError::new(
            "Invalid output value saved in state",
            format!("The state file has an invalid value for output {name:?}: {error}."),
        )
    })?;
    Ok(Output { value, sensitive: output.sensitive.unwrap_or(false) })
}

fn read_check(check: CheckV4) -> Option<CheckResult> {
    let status = |text: &str| CheckStatus::parse(text).unwrap_or(CheckStatus::Unknown);
    Some(CheckResult {
        kind: CheckableKind::parse(&check.object_kind)?,
        config_addr: check.config_addr.into(),
        status: status(&check.status),
        objects: check
            .objects
            .unwrap_or_default()
            .into_iter()
            .map(|object| CheckObject {
                object_addr: object.object_addr.into(),
                status: status(&object.status),
                failure_messages: object.failure_messages.unwrap_or_default(),
            })
            .collect(),
    })
}

fn read_resources(resources: Vec<ResourceV4<'_>>) -> Result<State> {
    let mut interner = Interner::new();
    let mut instances = Instances::new();
    for resource in resources {
        let mode = match &*resource.mode {
            "managed" => Mode::Managed,
            "data" => Mode::Data,
            other => {
                let (ty, name) = (&resource.ty, &resource.name);
                return Err(StateFileError::new(
                    "Invalid resource mode in state",
                    format!(
                        "State contains a resource with mode {other:?} ({ty:?} {name:?}) which is \
                         not supported."
                    ),
                ));
            }
        };
        let addr = AbsResource {
            module: interner.module(resource.module.as_deref().unwrap_or_default())?,
            resource: Resource::new(
                mode,
                interner.ident(&resource.ty),
                interner.ident(&resource.name),
            ),
        };
        let provider = interner.provider(&resource.provider)?;
        for members in resource.instances.unwrap_or_default() {
            read_instance(&addr, &provider, members, &mut interner, &mut instances)?;
        }
    }
    Ok(instances.into_iter().collect())
}

fn read_instance(
    resource: &AbsResource,
    provider: &Arc<ProviderConfig>,
    mut members: Members<'_>,
    interner: &mut Interner,
    instances: &mut Instances,
) -> Result<()> {
    let key = read_key(resource, members.raw("index_key"), interner)?;
    let addr = resource.instance(key);
    let deposed: Option<Cow<'_, str>> =
        members.take("deposed")?.filter(|d: &Cow<'_, str>| !d.is_empty());
    let object = read_object(&addr, members, interner)?;
    let deposed = match deposed {
        None => None,
        Some(text) => Some(text.parse::<DeposedKey>().map_err(|_| {
            StateFileError::metadata(format!(
                "Instance {addr} has an object with deposed key {text:?}, which is not correctly \
                 formatted."
            ))
        })?),
    };
    let (addr, instance) = match instances.entry(addr) {
        Entry::Occupied(entry) => (entry.key().clone(), entry.into_mut()),
        Entry::Vacant(entry) => {
            let addr = entry.key().clone();
            let new = InstanceState {
                provider: provider.clone(),
                current: None,
                deposed: BTreeMap::new(),
            };
            (addr, entry.insert(new))
        }
    };
    let (earlier, what) = match deposed {
        None => (instance.current.replace(object), addr.to_string()),
        Some(key) => {
            (instance.deposed.insert(key, object), format!("{addr} deposed object \"{key}\""))
        }
    };
    if earlier.is_none() {
        return Ok(());
    }
    Err(StateFileError::new(
        "Duplicate resource instance in state",
        format!("Instance {what} appears multiple times in the state file."),
    ))
}

fn read_key(
    resource: &AbsResource,
    raw: Option<&RawValue>,
    interner: &mut Interner,
) -> Result<InstanceKey> {
    let Some(raw) = raw else { return Ok(InstanceKey::None) };
    let bad = || {
        let key = raw.get();
        StateFileError::metadata(format!(
            "Resource {resource} has an instance with the invalid instance key {key}."
        ))
    };
    if raw.get().starts_with('"') {
        let text: Cow<'_, str> = serde_json::from_str(raw.get()).map_err(|_| bad())?;
        return Ok(InstanceKey::Str(interner.ident(&text)));
    }
    raw.get().parse().map(InstanceKey::Int).map_err(|_| bad())
}

fn read_object(
    addr: &ResourceInstance,
    mut members: Members<'_>,
    interner: &mut Interner,
) -> Result<Object> {
    let status = match members.take::<Cow<'_, str>>("status")?.as_deref() {
        None | Some("") => ObjectStatus::Ready,
        Some("tainted") => ObjectStatus::Tainted,
        Some(other) => {
            return Err(StateFileError::metadata(format!(
                "Instance {addr} has invalid status {other:?}."
            )));
        }
    };
    let flat: Option<BTreeMap<String, String>> = members.take("attributes_flat")?;
    let attributes = match (members.raw("attributes"), flat) {
        (None, Some(flat)) => Attributes::Flat(Arc::new(flat)),
        (None, None) => Attributes::Json(Arc::from(*b"{}")),
        (Some(raw), _) => Attributes::Json(compact(raw.get().as_bytes()).into()),
    };
    let identity_version = members.take("identity_schema_version")?;
    let identity = members.raw("identity").map(|raw| Identity {
        schema_version: identity_version.unwrap_or_default(),
        json: compact(raw.get().as_bytes()).into(),
    });
    let private = members.take::<Cow<'_, str>>("private")?.map_or(Ok(Vec::new()), |text| {
        BASE64.decode(text.as_bytes()).map_err(|error| {
            StateFileError::metadata(format!("Instance {addr} has invalid private data: {error}."))
        })
    })?;
    let sensitive = members.raw("sensitive_attributes").map(|raw| compact(raw.get().as_bytes()));
    let sensitive_paths = match sensitive {
        None => Vec::new(),
        Some(json) => paths_from_json(&String::from_utf8_lossy(&json))?,
    };
    let dependencies = match members.raw("dependencies") {
        None => Dependencies::none(),
        Some(raw) => {
            let list: Vec<Cow<'_, str>> = serde_json::from_str(raw.get())
                .map_err(|error| StateFileError::metadata(error.to_string()))?;
            interner.dependencies(raw.get(), list.iter().map(|text| &**text))?
        }
    };
    Ok(Object {
        status,
        schema_version: members.take("schema_version")?.unwrap_or_default(),
        attributes,
        sensitive_paths: sensitive_paths.into(),
        identity,
        private: private.into(),
        dependencies,
        create_before_destroy: members.take("create_before_destroy")?.unwrap_or(false),
        extra: members.rest()?,
    })
}
