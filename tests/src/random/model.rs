//! What a generated configuration is made of: few kinds of parts, each of which can be left out
//! while the rest stays valid or fails alike in both tools.

/// A configuration, and what becomes of it step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What it was made from.
    pub seed: u64,
    /// In order; each is a whole configuration.
    pub steps: Vec<Stage>,
}

/// One configuration and how it is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What is declared.
    pub parts: Vec<Part>,
    /// Flags of plan.
    pub flags: Vec<String>,
    /// Command before it: `taint ADDRESS`.
    pub before: Option<String>,
}

/// One block, or one local value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// `variable`
    Variable(Variable),
    /// One of the `locals`.
    Local(Named),
    /// `output`
    Output(Output),
    /// `resource "terraform_data"`
    Resource(Resource),
    /// `module`, always of the same source.
    Module(Module),
    /// `moved`, from one name of a resource to another.
    Moved(String, String),
    /// `removed`: the resource, and whether it is destroyed.
    Removed(String, bool),
    /// `check`: name and condition.
    Check(Named),
}

/// A name and an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Identifier.
    pub name: String,
    /// HCL.
    pub expr: String,
}

/// An input variable with a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Identifier.
    pub name: String,
    /// A type constraint.
    pub ty: &'static str,
    /// HCL.
    pub default: String,
    /// `sensitive`
    pub sensitive: bool,
}

/// An output value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Identifier.
    pub name: String,
    /// HCL.
    pub expr: String,
    /// `sensitive`
    pub sensitive: bool,
}

/// A `terraform_data`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// Its name.
    pub name: String,
    /// `count`, `for_each` or neither.
    pub repetition: Option<(&'static str, String)>,
    /// `input` and `triggers_replace`.
    pub arguments: Vec<(&'static str, String)>,
    /// Addresses.
    pub depends_on: Vec<String>,
    /// Lines of the `lifecycle` block.
    pub lifecycle: Vec<String>,
}

/// A call of the module `./child`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// `count`, `for_each` or neither.
    pub repetition: Option<(&'static str, String)>,
    /// What is given to its variable `in`.
    pub input: String,
    /// Addresses.
    pub depends_on: Vec<String>,
}
