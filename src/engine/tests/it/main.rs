//! Plans and applies of whole configurations, in memory.

mod approvals;
mod basics;
mod cancelling;
mod dependencies;
mod deposed;
mod digest;
mod drift;
mod ephemeral;
mod fake;
mod identities;
mod imports;
mod instances;
mod lifecycle;
mod order;
mod outcomes;
mod progress;
mod provisioners;
mod relevant;
mod replacing;
mod scale;
mod secrets;
mod state_moves;
mod validate;
mod violations;
mod warnings;
mod world;
