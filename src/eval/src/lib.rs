//! The values of what a configuration names, per module instance.

pub mod decode;
