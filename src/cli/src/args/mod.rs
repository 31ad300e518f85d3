//! Groups of flags that several commands share.

mod lock;
mod operation;
mod planning;
mod source;
mod vars;

pub use lock::{
    EditArgs, LegacyStateArgs, LockArgs, NoTargets, RemoteVersionArg, TestDirectoryArg,
};
pub use operation::OperationArgs;
pub use planning::PlanningArgs;
pub use source::SourceArgs;
pub use vars::{VarArg, VarArgs};
