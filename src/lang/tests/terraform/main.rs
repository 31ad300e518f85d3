//! The language against the real terraform.

mod layout;
mod oracle;
mod values;
mod wording;
