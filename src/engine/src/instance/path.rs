//! Paths into objects.

use groma_provider_api::{Attribute, Block};
use groma_value::{Path, PathStep};

/// The attribute that a path from a block's value leads to, or is inside of.
pub(crate) fn attribute_at<'a>(block: &'a Block, path: &Path) -> Option<&'a Attribute> {
    let mut block = block;
    let mut steps = path.0.iter();
    loop {
        let name = loop {
            match steps.next()? {
                PathStep::Attr(name) => break name,
                PathStep::Key(_) | PathStep::Index(_) | PathStep::Element(_) => {}
            }
        };
        if let Some(attribute) = block.attributes.get(name.as_str()) {
            return Some(attribute);
        }
        block = &block.blocks.get(name.as_str())?.block;
    }
}

/// Whether two paths are the same.
pub(crate) fn same_path(a: &Path, b: &Path) -> bool {
    a.0.len() == b.0.len() && a.0.iter().zip(&b.0).all(|(a, b)| same_step(a, b))
}

pub(crate) fn same_step(a: &PathStep, b: &PathStep) -> bool {
    match (a, b) {
        (PathStep::Attr(a) | PathStep::Key(a), PathStep::Attr(b) | PathStep::Key(b)) => a == b,
        (PathStep::Index(a), PathStep::Index(b)) => a == b,
        (PathStep::Element(a), PathStep::Element(b)) => a.raw_equals(b),
        _ => false,
    }
}
