//! Plans and applies of whole configurations, in memory.

mod basics;
mod world;
