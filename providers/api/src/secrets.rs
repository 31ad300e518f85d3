//! Where a schema says that values are sensitive, or never stored.

use groma_value::{Marks, Number, Path, PathStep, Str, Value, View};

use crate::{Attribute, Block, NestedType, Nesting};

impl Block {
    /// Whether any attribute at any depth is sensitive.
    pub fn has_sensitive(&self) -> bool {
        has(self, |attribute| attribute.sensitive)
    }

    /// Whether any attribute at any depth is write-only.
    pub fn has_write_only(&self) -> bool {
        has(self, |attribute| attribute.write_only)
    }

    /// Where in `value` the schema makes it sensitive, ready for [`Value::mark_with_paths`].
    pub fn value_marks(&self, value: &Value) -> Vec<(Path, Marks)> {
        let paths = find(self, value, |attribute, _| attribute.sensitive);
        paths.into_iter().map(|path| (path, Marks::SENSITIVE)).collect()
    }

    /// Where `value` holds something that must not be stored: write-only attributes that are not
    /// null.
    pub fn write_only_paths(&self, value: &Value) -> Vec<Path> {
        find(self, value, |attribute, value| attribute.write_only && !value.is_null())
    }

    /// The same with null for each write-only attribute. Marks are kept.
    pub fn strip_write_only(&self, value: &Value) -> Value {
        if !self.has_write_only() {
            return value.clone();
        }
        let (bare, marks) = value.unmark_deep_with_paths();
        strip_block(self, &bare).mark_with_paths(&marks)
    }
}

fn has(block: &Block, is: fn(&Attribute) -> bool) -> bool {
    fn any(attribute: &Attribute, is: fn(&Attribute) -> bool) -> bool {
        is(attribute)
            || attribute.nested.as_ref().is_some_and(|n| n.attributes.values().any(|a| any(a, is)))
    }
    block.attributes.values().any(|attribute| any(attribute, is))
        || block.blocks.values().any(|nested| has(&nested.block, is))
}

type Wanted = fn(&Attribute, &Value) -> bool;

fn find(block: &Block, value: &Value, wanted: Wanted) -> Vec<Path> {
    let mut search = Search { wanted, at: Path::new(), found: Vec::new() };
    search.block(block, value);
    search.found
}

/// A walk over a value along its schema.
struct Search {
    wanted: Wanted,
    at: Path,
    found: Vec<Path>,
}

impl Search {
    fn within(&mut self, step: PathStep, go: impl FnOnce(&mut Self)) {
        self.at.0.push(step);
        go(self);
        self.at.0.pop();
    }

    fn block(&mut self, block: &Block, value: &Value) {
        let View::Object(fields) = value.view() else { return };
        for (name, attribute) in &block.attributes {
            if let Some(value) = fields.get(name) {
                self.attribute(name, attribute, value);
            }
        }
        for (name, nested) in &block.blocks {
            if let Some(value) = fields.get(name) {
                self.within(PathStep::Attr(Str::new(name)), |search| {
                    search.each(nested.nesting, value, |search, v| search.block(&nested.block, v));
                });
            }
        }
    }

    fn attribute(&mut self, name: &str, attribute: &Attribute, value: &Value) {
        self.within(PathStep::Attr(Str::new(name)), |search| {
            if (search.wanted)(attribute, value) {
                search.found.push(search.at.clone());
            } else if let Some(nested) = &attribute.nested {
                search.each(nested.nesting, value, |search, v| search.nested(nested, v));
            }
        });
    }

    fn nested(&mut self, nested: &NestedType, value: &Value) {
        let View::Object(fields) = value.view() else { return };
        for (name, attribute) in &nested.attributes {
            if let Some(value) = fields.get(name) {
                self.attribute(name, attribute, value);
            }
        }
    }

    /// Goes into the object, or into each object of a collection.
    fn each(&mut self, nesting: Nesting, value: &Value, go: impl Fn(&mut Self, &Value)) {
        if matches!(nesting, Nesting::Single | Nesting::Group) {
            return go(self, value);
        }
        match value.view() {
            View::List(items) | View::Tuple(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.within(PathStep::Index(Number::from(i)), |search| go(search, item));
                }
            }
            View::Set(items) => {
                for item in items {
                    self.within(PathStep::Element(item.clone()), |search| go(search, item));
                }
            }
            View::Map(fields) | View::Object(fields) => {
                for (key, item) in fields.iter() {
                    self.within(PathStep::Key(key.clone()), |search| go(search, item));
                }
            }
            _ => {}
        }
    }
}

fn strip_block(block: &Block, value: &Value) -> Value {
    let View::Object(fields) = value.view() else { return value.clone() };
    Value::object_of(fields.iter().map(|(name, value)| {
        let value = match (block.attributes.get(&**name), block.blocks.get(&**name)) {
            (Some(attribute), _) => strip_attribute(attribute, value),
            (None, Some(nested)) => {
                strip_each(nested.nesting, value, |object| strip_block(&nested.block, object))
            }
            (None, None) => value.clone(),
        };
        (name.clone(), value)
    }))
}

fn strip_attribute(attribute: &Attribute, value: &Value) -> Value {
    if attribute.write_only {
        return Value::null(attribute.ty.clone());
    }
    let Some(nested) = &attribute.nested else { return value.clone() };
    strip_each(nested.nesting, value, |object| {
        let View::Object(fields) = object.view() else { return object.clone() };
        Value::object_of(fields.iter().map(|(name, value)| {
            let attribute = nested.attributes.get(&**name);
            (name.clone(), attribute.map_or_else(|| value.clone(), |a| strip_attribute(a, value)))
        }))
    })
}

fn strip_each(nesting: Nesting, value: &Value, strip: impl Fn(&Value) -> Value) -> Value {
    if matches!(nesting, Nesting::Single | Nesting::Group) {
        return strip(value);
    }
    let elem = || value.ty().element().cloned().unwrap_or(groma_value::Type::Dynamic);
    match value.view() {
        View::List(items) => Value::list(elem(), items.iter().map(strip).collect()),
        View::Set(items) => Value::set(elem(), items.iter().map(strip).collect()),
        View::Tuple(items) => Value::tuple(items.iter().map(strip).collect()),
        View::Map(fields) => {
            let entries: Vec<_> = fields.iter().map(|(k, v)| (k.clone(), strip(v))).collect();
            Value::map(elem(), entries)
        }
        View::Object(fields) => Value::object_of(fields.iter().map(|(k, v)| (k.clone(), strip(v)))),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests;
