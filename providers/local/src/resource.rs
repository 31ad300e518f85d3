//! `local_file` and `local_sensitive_file`: a file with a given content.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use groma_provider_api::native::{Checks, Object, ResourceType, Rules};
use groma_provider_api::{
    ApplyRequest, Attribute, AttributeDiagnostic, ObjectState, PlanRequest, Planned,
    ProviderDiagnostics, Recovered, Schema,
};
use groma_value::{Type, Value};

use crate::content::{checksum_attributes, id, set_checksums};
use crate::{disk, permission};

/// The resource type, in its two kinds.
pub(crate) struct LocalFile {
    name: &'static str,
    directory: Arc<Path>,
    schema: Schema,
    /// The attributes that may give the content.
    contents: &'static [&'static str],
    default_mode: &'static str,
}

impl LocalFile {
    /// `local_file`
    pub(crate) fn open(directory: Arc<Path>) -> Self {
        let deprecated = Attribute::new(Type::String).optional().sensitive().deprecated();
        let deprecated = deprecated.describe("The content, as text; a secret.");
        let mut schema = schema("A file with a given content.", false);
        schema.block.attributes.insert("sensitive_content".into(), deprecated);
        Self {
            name: "local_file",
            directory,
            schema,
            contents: &["content", "content_base64", "source", "sensitive_content"],
            default_mode: "0777",
        }
    }

    /// `local_sensitive_file`
    pub(crate) fn sensitive(directory: Arc<Path>) -> Self {
        Self {
            name: "local_sensitive_file",
            directory,
            schema: schema("A file with a given content, which is a secret.", true),
            contents: &["content", "content_base64", "source"],
            default_mode: "0700",
        }
    }

    fn path(&self, object: &Object) -> PathBuf {
        self.directory.join(object.str("filename").unwrap_or_default())
    }

    /// What the file is to hold.
    fn content(&self, object: &Object) -> io::Result<Vec<u8>> {
        if let Some(text) = object.str("sensitive_content") {
            return Ok(text.as_bytes().to_vec());
        }
        if let Some(encoded) = object.str("content_base64") {
            return BASE64_STANDARD.decode(encoded).map_err(io::Error::other);
        }
        if let Some(source) = object.str("source") {
            return std::fs::read(self.directory.join(source));
        }
        Ok(object.str("content").unwrap_or_default().as_bytes().to_vec())
    }

    /// One error, named by the kind of file.
    fn error(&self, verb: &str, doing: &str, problem: &io::Error) -> ProviderDiagnostics {
        let kind = self.name.replace('_', " ");
        vec![AttributeDiagnostic::error(
            format!("{verb} {kind} error"),
            format!("An unexpected error occurred while {doing}\n\nOriginal Error: {problem}"),
        )]
    }
}

fn schema(description: &str, secret: bool) -> Schema {
    let string = || Attribute::new(Type::String);
    let content = |what: &str| {
        let attribute = string().optional().describe(what);
        if secret { attribute.sensitive() } else { attribute }
    };
    let source = string().optional().describe("The path of a file with the content.");
    let permission = |what: &str| string().optional().computed().describe(what);
    let attributes = [
        ("filename", string().required().describe("The path of the file.")),
        ("content", content("The content, as text.")),
        ("content_base64", content("The content, in base64.")),
        ("source", source),
        ("file_permission", permission("Permissions of the file, before the umask.")),
        ("directory_permission", permission("Permissions of new directories, before the umask.")),
    ];
    Schema::of(description, attributes.into_iter().chain(checksum_attributes()))
}

#[async_trait]
impl ResourceType for LocalFile {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        let checks = Checks::new(config)
            .exactly_one_of(self.contents)
            .deprecated("sensitive_content", "Use the `local_sensitive_file` resource instead");
        let checks = permission::check(checks, "file_permission");
        permission::check(checks, "directory_permission").done()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let default = || Value::from(self.default_mode);
        let rules = Rules::new()
            .default_to("file_permission", default())
            .default_to("directory_permission", default())
            .replace(&["filename", "file_permission", "directory_permission"])
            .replace(self.contents);
        rules.plan(&self.schema.block, &request)
    }

    async fn read(&self, prior: ObjectState) -> Result<ObjectState, ProviderDiagnostics> {
        let object = Object::new(&prior.value);
        let path = self.path(&object);
        let found = disk::run(move || disk::read(&path)).await;
        let found = found.map_err(|e| self.error("Read", "reading the file", &e))?;
        // A file that somebody changed is not this one any more.
        if found.is_some_and(|content| object.str("id") == Some(&id(&content))) {
            return Ok(prior);
        }
        Ok(ObjectState { value: Value::null(prior.value.ty()), ..prior })
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        let error =
            |doing: &'static str| move |problem: io::Error| self.error("Create", doing, &problem);
        let mode = |name: &str| {
            let text = object.str(name).unwrap_or(self.default_mode);
            permission::parse(text)
                .map_err(|problem| error("reading the permissions")(io::Error::other(problem)))
        };
        let (mode, directory_mode) = (mode("file_permission")?, mode("directory_permission")?);
        let path = self.path(&object);
        let content = self.content(&object).map_err(error("parsing local file content"))?;
        let content: Arc<[u8]> = content.into();
        let (to, parents) = (path.clone(), path);
        disk::run(move || disk::make_parents(&parents, directory_mode))
            .await
            .map_err(error("creating file directory"))?;
        let written = Arc::clone(&content);
        disk::run(move || disk::write(&to, &written, mode))
            .await
            .map_err(error("writing the file"))?;
        set_checksums(&mut object, &content);
        Ok(object.into_value())
    }

    async fn delete(&self, request: ApplyRequest) -> Result<(), ProviderDiagnostics> {
        let path = self.path(&Object::new(&request.prior));
        let removed = disk::run(move || disk::remove(&path)).await;
        removed.map_err(|problem| self.error("Delete", "removing the file", &problem))
    }

    /// A file is written at once or not at all, so looking at it tells.
    async fn recover(&self, lost: &ApplyRequest) -> Result<Recovered, ProviderDiagnostics> {
        let private = Arc::clone(&lost.private);
        let destroys = lost.planned.is_null();
        let mut object = Object::new(if destroys { &lost.prior } else { &lost.planned });
        let path = self.path(&object);
        let found = disk::run(move || disk::read(&path)).await;
        let found = found.map_err(|problem| self.error("Read", "reading the file", &problem))?;
        if destroys {
            let value = lost.planned.clone();
            let gone = Recovered::Found(ObjectState::new(value, private));
            return Ok(if found.is_none() { gone } else { Recovered::Nothing });
        }
        let wanted = self.content(&object);
        let wanted = wanted.map_err(|e| self.error("Read", "parsing local file content", &e))?;
        Ok(match found {
            Some(content) if content == wanted => {
                set_checksums(&mut object, &content);
                Recovered::Found(ObjectState::new(object.into_value(), private))
            }
            _ => Recovered::Nothing,
        })
    }
}
