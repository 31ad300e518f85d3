//! Groups of flags that several commands share.

mod lock;
mod source;
mod vars;

pub use lock::{LegacyStateArgs, LockArgs};
pub use source::SourceArgs;
pub use vars::{VarArg, VarArgs};
