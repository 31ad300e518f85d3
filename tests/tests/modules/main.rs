//! Modules are installed as the real `terraform` installs them, from repositories, registries and
//! archives that the tests serve on loopback; and what is hostile is refused.

mod archives;
mod hostile;
mod registry;
mod repositories;
mod revisions;
mod world;
