//! States in files, as Terraform's `local` backend keeps them.

use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use groma_provider_api::native::Object;
use groma_provider_api::{Attribute, AttributeDiagnostic, Block, ProviderDiagnostics, Schema};
use groma_state::v4;
use groma_value::{Path as ValuePath, Type, Value};

use super::{RemoteOutputs, RemoteState};

/// The `local` backend: files of version 4.
pub struct LocalState {
    directory: PathBuf,
}

impl LocalState {
    /// With relative paths from `directory` on.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// The file of a workspace, as written in a configuration that conforms to the schema.
    pub fn path(&self, config: &Value, workspace: &str) -> PathBuf {
        const FILE: &str = "terraform.tfstate";
        let config = Object::new(config);
        if workspace == "default" {
            return self.directory.join(config.str("path").unwrap_or(FILE));
        }
        let directory = config.str("workspace_dir").unwrap_or("terraform.tfstate.d");
        self.directory.join(directory).join(workspace).join(FILE)
    }
}

/// The outputs of a file; `None` if there is none, or nothing in it.
fn read(path: &Path) -> Result<Option<RemoteOutputs>, ProviderDiagnostics> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(path, &error)),
    };
    if bytes.trim_ascii().is_empty() {
        return Ok(None);
    }
    let snapshot = v4::read(&bytes).map_err(|error| {
        let problems = error.problems.into_iter();
        problems.map(|one| AttributeDiagnostic::error(one.summary, one.detail)).collect::<Vec<_>>()
    })?;
    let outputs = snapshot.state.outputs().iter();
    Ok(Some(outputs.map(|(name, output)| (name.to_string(), output.value.clone())).collect()))
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> ProviderDiagnostics {
    let detail = format!("error loading the remote state: {}: {error}", path.display());
    vec![
        AttributeDiagnostic::error("Error loading state error", detail)
            .at(ValuePath::new().attr("backend")),
    ]
}

#[async_trait]
impl RemoteState for LocalState {
    fn backend(&self) -> &'static str {
        "local"
    }

    fn schema(&self) -> Block {
        let string = || Attribute::new(Type::String).optional();
        Schema::of("", [("path", string()), ("workspace_dir", string())]).block
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        let config = Object::new(config);
        let checked = [
            ("path", "Invalid local state file path"),
            ("workspace_dir", "Invalid local workspace directory path"),
        ];
        let empty = checked.into_iter().filter(|(name, _)| config.str(name) == Some(""));
        empty
            .map(|(name, summary)| {
                let detail = format!("The {name:?} attribute value must not be empty.");
                AttributeDiagnostic::error(summary, detail).at(ValuePath::new().attr(name))
            })
            .collect()
    }

    async fn outputs(
        &self,
        config: &Value,
        workspace: &str,
    ) -> Result<Option<RemoteOutputs>, ProviderDiagnostics> {
        let path = self.path(config, workspace);
        let shown = path.clone();
        let read = tokio::task::spawn_blocking(move || read(&path)).await;
        read.unwrap_or_else(|lost| Err(unreadable(&shown, &lost)))
    }
}
