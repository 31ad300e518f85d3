//! What a caller asks for.

use std::collections::BTreeMap;
use std::time::SystemTime;

use groma_addr::{Ident, ResourceInstance, Target};
use groma_diag::Span;
use groma_value::Value;
use serde::{Deserialize, Serialize};

/// What kind of plan is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PlanMode {
    /// Make the world as the configuration says.
    #[default]
    Normal,
    /// Destroy everything.
    Destroy,
    /// Only take note of what changed outside.
    RefreshOnly,
}

/// What a caller asks for, besides configuration and state.
#[derive(Clone, Debug)]
pub struct Options {
    /// The kind of plan.
    pub mode: PlanMode,
    /// `-target`: only these, and what they depend on.
    pub targets: Vec<Target>,
    /// `-replace`: these get new objects.
    pub force_replace: Vec<ResourceInstance>,
    /// `-refresh`: whether objects are read first.
    pub refresh: bool,
    /// Values of the root module's input variables. Where one variable has several sources, the
    /// caller has picked.
    pub variables: BTreeMap<Ident, VariableValue>,
    /// `-parallelism`: how many calls may be under way at once, over all providers; as many as
    /// they take, if nobody asked for a limit.
    pub parallelism: Option<usize>,
    /// When planning begins: what `plantimestamp()` gives.
    pub timestamp: SystemTime,
    /// `-generate-config-out`: imports may lack a resource block.
    pub generate_config: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mode: PlanMode::Normal,
            targets: Vec::new(),
            force_replace: Vec::new(),
            refresh: true,
            variables: BTreeMap::new(),
            parallelism: None,
            timestamp: SystemTime::now(),
            generate_config: false,
        }
    }
}

/// A value given to an input variable.
#[derive(Clone, Debug)]
pub struct VariableValue {
    /// Before conversion to the variable's type.
    pub value: Value,
    /// Who gave it.
    pub source: VariableSource,
}

/// Who gave a variable its value; decides how diagnostics point at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableSource {
    /// `TF_VAR_name`
    Environment,
    /// `-var`
    Argument,
    /// A tfvars file, and where in it.
    File(Span),
    /// Typed in when asked.
    Interactive,
    /// A program that uses this one.
    Caller,
}
