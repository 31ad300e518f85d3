//! Plans and applies of whole configurations, in memory.

mod basics;
mod digest;
mod ephemeral;
mod imports;
mod lifecycle;
mod provisioners;
mod relevant;
mod state_moves;
mod validate;
mod world;
