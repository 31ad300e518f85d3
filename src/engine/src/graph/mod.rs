//! The graph: everything that has a value or an effect, and what must come before what.
//!
//! One closed enum of nodes, one builder. Nodes of a configuration stand for what is *written*: a
//! resource with all its instances, in all instances of its module. An apply adds nodes for the
//! effects on single objects. Edges go from what comes first to what depends on it, and say where
//! in the configuration they come from.

mod build;
mod cycle;
mod dot;
mod draw;
mod ends;
mod lanes;
mod target;

use groma_diag::Span;
use petgraph::graph::{DiGraph, NodeIndex};

use groma_config::ModuleId;

pub(crate) use build::{ConfigGraph, build};
pub(crate) use cycle::{check_cycles, name};
pub use dot::dot;
pub use draw::{dot_of_applying, dot_of_planning};
pub(crate) use ends::target_ends;
pub(crate) use target::{Targeted, covers, target};

/// The graph itself. An edge's span is of the reference that it comes from.
pub(crate) type Graph = DiGraph<Node, Option<Span>, u32>;

/// Something that has a value or an effect.
///
/// Numbers are positions: of a variable among its module's variables, of a change in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// The instances of a module; of the root, too.
    Expand(ModuleId),
    /// Everything in a module, and in the modules that it calls, has ended.
    Close(ModuleId),
    /// An input variable.
    Variable(ModuleId, u32),
    /// A local value.
    Local(ModuleId, u32),
    /// An output value.
    Output(ModuleId, u32),
    /// A provider configuration: it is evaluated and the provider configured.
    Provider(u32),
    /// All prior objects of a provider configuration are read.
    Refresh(u32),
    /// A resource, with all its instances.
    Resource(ModuleId, u32),
    /// All objects in the state of a resource that is not in the configuration.
    Orphan(u32),
    /// What is planned for one instance of a resource that has several: of which, and which
    /// change.
    Instance(ModuleId, u32, u32),
    /// Everything that is planned for a resource that has several instances has been made.
    Made(ModuleId, u32),
    /// A `check` block.
    Check(ModuleId, u32),
    /// The old object of a planned change is destroyed.
    Destroy(u32),
    /// Nothing, at which many edges meet: all that comes before it before all that comes after.
    Meet(u32),
}

impl Node {
    /// Whether it has a value and no effect, not even a question to a provider.
    pub(crate) const fn evaluates(self) -> bool {
        match self {
            Self::Expand(_)
            | Self::Close(_)
            | Self::Variable(..)
            | Self::Local(..)
            | Self::Output(..)
            | Self::Check(..)
            | Self::Made(..)
            | Self::Meet(_) => true,
            Self::Provider(_)
            | Self::Refresh(_)
            | Self::Resource(..)
            | Self::Instance(..)
            | Self::Orphan(_)
            | Self::Destroy(_) => false,
        }
    }
}

/// The place of a node in the graph.
pub(crate) type Id = NodeIndex<u32>;
