//! Plans and applies of whole configurations, in memory.

mod basics;
mod lifecycle;
mod state_moves;
mod world;
