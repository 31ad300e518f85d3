//! Groups of flags that several commands share.

mod lock;
mod planning;
mod source;
mod vars;

pub use lock::{LegacyStateArgs, LockArgs, RemoteVersionArg, TestDirectoryArg};
pub use planning::PlanningArgs;
pub use source::SourceArgs;
pub use vars::{VarArg, VarArgs};
