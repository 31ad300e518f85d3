//! `local_file` and `local_sensitive_file` as data sources: what a file holds.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use groma_provider_api::native::{DataSource, Object};
use groma_provider_api::{Attribute, AttributeDiagnostic, ProviderDiagnostics, Schema};
use groma_value::{Type, Value};

use crate::content::{checksum_attributes, set_checksums};
use crate::disk;

/// The data source, in its two kinds.
pub(crate) struct LocalFileData {
    name: &'static str,
    directory: Arc<Path>,
    secret: bool,
}

impl LocalFileData {
    /// `local_file`
    pub(crate) fn open(directory: Arc<Path>) -> Self {
        Self { name: "local_file", directory, secret: false }
    }

    /// `local_sensitive_file`
    pub(crate) fn sensitive(directory: Arc<Path>) -> Self {
        Self { name: "local_sensitive_file", directory, secret: true }
    }
}

#[async_trait]
impl DataSource for LocalFileData {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> Schema {
        let content = |what: &str| {
            let attribute = Attribute::new(Type::String).computed().describe(what);
            if self.secret { attribute.sensitive() } else { attribute }
        };
        let filename = Attribute::new(Type::String).required();
        let attributes = [
            ("filename", filename.describe("The path of the file, which must be there.")),
            ("content", content("The content as text, with what is not UTF-8 replaced.")),
            ("content_base64", content("The content, in base64.")),
        ];
        let attributes = attributes.into_iter().chain(checksum_attributes());
        Schema::of("A file that is there already.", attributes)
    }

    async fn read(&self, config: &Value) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(config);
        let path = self.directory.join(object.str("filename").unwrap_or_default());
        let content = disk::run(move || std::fs::read(path)).await.map_err(|problem| {
            vec![AttributeDiagnostic::error(
                format!("Read {} data source error", self.name.replace('_', " ")),
                format!("The file at given path cannot be read.\n\nOriginal Error: {problem}"),
            )]
        })?;
        object.set("content", Value::from(&*String::from_utf8_lossy(&content)));
        object.set("content_base64", Value::string(BASE64_STANDARD.encode(&content)));
        set_checksums(&mut object, &content);
        Ok(object.into_value())
    }
}
