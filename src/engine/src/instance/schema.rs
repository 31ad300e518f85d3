//! A type's schema, with what is derived from it once.

use std::ops::ControlFlow;
use std::sync::Arc;

use groma_provider_api::{Attribute, Block, NestedBlock, Schema};
use groma_value::{Fields, Marks, Number, Path, PathStep, Type, Value, View};

/// A resource type's schema and what follows from it.
#[derive(Debug)]
pub(crate) struct TypeSchema {
    /// As the provider gave it.
    pub(crate) schema: Arc<Schema>,
    /// The type of its objects.
    pub(crate) ty: Type,
    /// Whether some attribute is sensitive.
    sensitive: bool,
    /// Whether some attribute is write-only.
    write_only: bool,
}

impl TypeSchema {
    pub(crate) fn new(schema: Arc<Schema>) -> Self {
        let ty = schema.block.implied_type();
        let sensitive = any(&schema.block, &|attribute| attribute.sensitive);
        let write_only = any(&schema.block, &|attribute| attribute.write_only);
        Self { schema, ty, sensitive, write_only }
    }

    /// Whether the type has write-only arguments.
    pub(crate) fn has_write_only(&self) -> bool {
        self.write_only
    }

    /// The value with everything marked that the schema says must not be shown.
    pub(crate) fn mark_sensitive(&self, value: Value) -> Value {
        if !self.sensitive {
            return value;
        }
        value.mark_with_paths(&self.sensitive_paths(&value))
    }

    /// Where in the value the schema says that nothing must be shown.
    pub(crate) fn sensitive_paths(&self, value: &Value) -> Vec<(Path, Marks)> {
        let mut found = Vec::new();
        if self.sensitive {
            let mut walk = SchemaWalk { path: Path::new(), visit: &mut |path, attribute, _| {
                if attribute.sensitive {
                    found.push((path.clone(), Marks::SENSITIVE));
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            } };
            walk.block(&self.schema.block, value);
        }
        found
    }

    /// The value with write-only attributes null, as plans and states have it.
    pub(crate) fn without_write_only(&self, value: Value) -> Value {
        if !self.write_only {
            return value;
        }
        let mut found: Vec<Path> = Vec::new();
        let mut walk = SchemaWalk { path: Path::new(), visit: &mut |path, attribute, value| {
            if attribute.write_only && !value.is_null() {
                found.push(path.clone());
            }
            ControlFlow::Continue(())
        } };
        walk.block(&self.schema.block, &value);
        let null = |path: &Path, part: Value| {
            let is = found.iter().any(|wanted| same_path(wanted, path));
            Ok::<_, std::convert::Infallible>(if is { Value::null(part.ty()) } else { part })
        };
        match value.transform(null) {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }

    /// The paths of write-only attributes that are not null in the value.
    pub(crate) fn set_write_only(&self, value: &Value) -> Vec<Path> {
        let mut found: Vec<Path> = Vec::new();
        if self.write_only {
            let mut walk = SchemaWalk { path: Path::new(), visit: &mut |path, attribute, value| {
                if attribute.write_only && !value.is_null() {
                    found.push(path.clone());
                }
                ControlFlow::Continue(())
            } };
            walk.block(&self.schema.block, value);
        }
        found
    }
}

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

fn any(block: &Block, is: &dyn Fn(&Attribute) -> bool) -> bool {
    fn attribute(found: &Attribute, is: &dyn Fn(&Attribute) -> bool) -> bool {
        is(found)
            || found
                .nested
                .as_ref()
                .is_some_and(|nested| nested.attributes.values().any(|inner| attribute(inner, is)))
    }
    block.attributes.values().any(|found| attribute(found, is))
        || block.blocks.values().any(|nested| any(&nested.block, is))
}

/// Visits each attribute of a block's value that is there, nested ones too.
struct SchemaWalk<'v> {
    path: Path,
    visit: &'v mut dyn FnMut(&Path, &Attribute, &Value) -> ControlFlow<()>,
}

impl SchemaWalk<'_> {
    fn block(&mut self, block: &Block, value: &Value) {
        let Some(fields) = value.as_fields() else { return };
        for (name, attribute) in &block.attributes {
            if let Some(value) = fields.get(name) {
                self.path.0.push(PathStep::Attr(name.as_ref().into()));
                self.attribute(attribute, value);
                self.path.0.pop();
            }
        }
        for (name, nested) in &block.blocks {
            if let Some(value) = fields.get(name) {
                self.path.0.push(PathStep::Attr(name.as_ref().into()));
                self.nested_block(nested, value);
                self.path.0.pop();
            }
        }
    }

    fn nested_block(&mut self, nested: &NestedBlock, value: &Value) {
        use groma_provider_api::Nesting::{Group, List, Map, Set, Single};
        match nested.nesting {
            Single | Group => self.block(&nested.block, value),
            List | Map | Set => {
                self.each(value, &mut |walk, item| walk.block(&nested.block, item));
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute, value: &Value) {
        if (self.visit)(&self.path, attribute, value).is_break() {
            return;
        }
        let Some(nested) = &attribute.nested else { return };
        use groma_provider_api::Nesting::{Group, List, Map, Set, Single};
        match nested.nesting {
            Single | Group => self.nested_attributes(&nested.attributes, value),
            List | Map | Set => self.each(value, &mut |walk, item| {
                walk.nested_attributes(&nested.attributes, item);
            }),
        }
    }

    fn nested_attributes(
        &mut self,
        attributes: &std::collections::BTreeMap<Arc<str>, Attribute>,
        value: &Value,
    ) {
        let Some(fields) = value.as_fields() else { return };
        for (name, attribute) in attributes {
            if let Some(value) = fields.get(name) {
                self.path.0.push(PathStep::Attr(name.as_ref().into()));
                self.attribute(attribute, value);
                self.path.0.pop();
            }
        }
    }

    /// Visits each element of a collection.
    fn each(&mut self, value: &Value, visit: &mut dyn FnMut(&mut Self, &Value)) {
        let mut at = |walk: &mut Self, step: PathStep, item: &Value| {
            walk.path.0.push(step);
            visit(walk, item);
            walk.path.0.pop();
        };
        let entries = |fields: &Fields| {
            fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect::<Vec<_>>()
        };
        match value.view() {
            View::List(items) | View::Tuple(items) => {
                for (index, item) in items.iter().enumerate() {
                    at(self, PathStep::Index(Number::from(index)), item);
                }
            }
            View::Set(items) => {
                for item in items {
                    at(self, PathStep::Element(item.clone()), item);
                }
            }
            View::Map(fields) => {
                for (key, item) in entries(fields) {
                    at(self, PathStep::Key(key), &item);
                }
            }
            View::Object(fields) => {
                for (key, item) in entries(fields) {
                    at(self, PathStep::Attr(key), &item);
                }
            }
            _ => {}
        }
    }
}
