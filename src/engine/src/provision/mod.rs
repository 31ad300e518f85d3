//! Provisioners: commands that run beside the making or destroying of an object.
//!
//! Only `local-exec` is supported; others are refused by name.

mod local_exec;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use async_trait::async_trait;
use groma_config::Provisioner;
use groma_diag::{Diagnostic, Diagnostics};
use groma_eval::decode::Spec;
use groma_lang::eval::Scope;
use groma_provider_api::{Attribute, Block};
use groma_value::{Marks, Type, Value};

pub use local_exec::LocalExec;

/// Runs provisioners.
#[async_trait]
pub trait Provision: Send + Sync {
    /// Runs a command to its end. `line` gets what it writes, line by line.
    async fn local_exec(
        &self,
        command: &Command,
        line: &(dyn Fn(String) + Send + Sync),
    ) -> Result<(), String>;
}

/// A command of `local-exec`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What to run, for the interpreter.
    pub command: String,
    /// The program that runs it, with arguments before the command; the system's shell if none.
    pub interpreter: Vec<String>,
    /// Where it runs, if not where the caller is.
    pub working_dir: Option<String>,
    /// Variables beyond those that the caller has.
    pub environment: BTreeMap<String, String>,
    /// Whether the command itself is not to be shown.
    pub quiet: bool,
    /// What of it may not be shown, so that nothing that it writes may be, either.
    pub marks: Marks,
}

static LOCAL_EXEC: LazyLock<Spec> = LazyLock::new(|| {
    let attributes = [
        ("command", Attribute::new(Type::String).required()),
        ("interpreter", Attribute::new(Type::list(Type::String)).optional()),
        ("working_dir", Attribute::new(Type::String).optional()),
        ("environment", Attribute::new(Type::map(Type::String)).optional()),
        ("quiet", Attribute::new(Type::Bool).optional()),
    ];
    let attributes = attributes.map(|(name, attribute)| (name.into(), attribute)).into();
    Spec::new(&Block { attributes, ..Block::default() })
});

/// Types that Terraform has beside `local-exec`.
const REMOTE: &[&str] = &["file", "remote-exec"];

/// Checks a provisioner of which nothing need be known. One that is Terraform's is right as far
/// as that goes, whether it can be run here or not.
pub(crate) fn validate(provisioner: &Provisioner, scope: &dyn Scope) -> Diagnostics {
    let ty = &*provisioner.ty;
    if REMOTE.contains(&ty) {
        return Diagnostics::new();
    }
    if ty != "local-exec" {
        return Diagnostic::error(
            "Missing required provisioner plugin",
            format!(
                "This configuration requires provisioner plugin {ty:?}, which isn't available. If \
                 you're intending to use an external provisioner plugin, you must install it \
                 manually into one of the plugin search directories before running Terraform."
            ),
        )
        .into();
    }
    let (value, mut diags) = LOCAL_EXEC.decode(&provisioner.body, scope);
    let command = value.attr("command").and_then(Value::as_str);
    if !diags.has_errors() && command.is_some_and(|text| text.is_empty()) {
        diags.push(no_command(provisioner));
    }
    diags
}

fn no_command(provisioner: &Provisioner) -> Diagnostic {
    Diagnostic::error(
        "Invalid local-exec provisioner command",
        "The command must be a non-empty string.",
    )
    .at(provisioner.body.missing_item_span())
}

/// The error for a provisioner that is not supported.
pub(crate) fn supported(provisioner: &Provisioner) -> Option<Diagnostic> {
    (&*provisioner.ty != "local-exec").then(|| {
        Diagnostic::error(
            "Unsupported provisioner",
            format!(
                "The provisioner {:?} is not supported; \"local-exec\" is the only one that is.",
                &*provisioner.ty
            ),
        )
        .at(provisioner.span)
    })
}

/// What a `local-exec` block says.
pub(crate) fn command(
    provisioner: &Provisioner,
    scope: &dyn Scope,
) -> (Option<Command>, Diagnostics) {
    if let Some(refused) = supported(provisioner) {
        return (None, refused.into());
    }
    let (value, mut diags) = LOCAL_EXEC.decode(&provisioner.body, scope);
    if diags.has_errors() {
        return (None, diags);
    }
    let (value, marks) = value.unmark_deep();
    let text = |name: &str| value.attr(name).and_then(Value::as_str).map(ToString::to_string);
    let Some(command) = text("command").filter(|command| !command.is_empty()) else {
        diags.push(no_command(provisioner));
        return (None, diags);
    };
    let items = value.attr("interpreter").and_then(Value::as_slice).unwrap_or_default();
    let interpreter = items.iter().filter_map(Value::as_str).map(ToString::to_string);
    let fields = value.attr("environment").and_then(Value::as_fields);
    let environment = fields.into_iter().flat_map(|fields| {
        fields
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), value.as_str()?.to_string())))
    });
    let command = Command {
        command,
        interpreter: interpreter.collect(),
        working_dir: text("working_dir").filter(|dir| !dir.is_empty()),
        environment: environment.collect(),
        quiet: value.attr("quiet").and_then(Value::as_bool) == Some(true),
        marks,
    };
    (Some(command), diags)
}
