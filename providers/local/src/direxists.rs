//! `direxists`: whether there is a directory.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use groma_provider_api::native::{CallResult, Function};
use groma_provider_api::{FunctionParameter, FunctionSignature};
use groma_value::{Str, Type, Value};

/// The function.
pub(crate) struct DirectoryExists {
    directory: Arc<Path>,
}

impl DirectoryExists {
    pub(crate) fn new(directory: Arc<Path>) -> Self {
        Self { directory }
    }
}

impl Function for DirectoryExists {
    fn name(&self) -> &'static str {
        "direxists"
    }

    fn signature(&self) -> FunctionSignature {
        let path = FunctionParameter {
            name: "path".to_owned(),
            ty: Type::String,
            allow_null: false,
            allow_unknown: false,
            description: "The path to look at.".to_owned(),
        };
        FunctionSignature {
            summary: "Tells whether there is a directory at a path.".to_owned(),
            description: "Tells whether there is a directory at a path. That there is something \
                          else is an error."
                .to_owned(),
            parameters: vec![path],
            variadic: None,
            return_type: Type::Bool,
            deprecation: None,
        }
    }

    fn call(&self, args: &[Value]) -> CallResult {
        let path = args.first().and_then(Value::as_str).map_or("", Str::as_str);
        match fs::metadata(self.directory.join(path)) {
            Ok(found) if found.is_dir() => Ok(Value::from(true)),
            Ok(_) => Err((
                Some(0),
                format!("Invalid file mode detected: {path:?} was found, but is not a directory"),
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Value::from(false)),
            Err(error) => Err((Some(0), format!("Error checking for directory: {error}"))),
        }
    }
}
