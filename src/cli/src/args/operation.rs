//! What the commands that plan take alike.

use clap::Args;

use super::{LegacyStateArgs, LockArgs, PlanningArgs, SourceArgs, VarArgs};

/// The flags of `plan`, `apply`, `destroy` and `refresh`.
#[derive(Args, Clone, Debug)]
pub struct OperationArgs {
    #[command(flatten)]
    pub planning: PlanningArgs,
    #[command(flatten)]
    pub vars: VarArgs,
    #[command(flatten)]
    pub lock: LockArgs,
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub legacy: LegacyStateArgs,
}
