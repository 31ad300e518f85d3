//! Loose objects, brought into the form that a schema asks for.

use std::collections::BTreeMap;

use groma_value::{
    Attribute as TypeAttribute, ConvertError, Fields, Number, Path, PathStep, Str, Type, Value,
    View, convert,
};

use crate::{Attribute, Block, NestedBlock, NestedType, Nesting};

fn error(path: &Path, message: impl Into<String>) -> ConvertError {
    ConvertError { path: path.clone(), message: message.into() }
}

impl Block {
    /// What a configuration with nothing in it gives (configschema `EmptyValue`): null
    /// attributes, no blocks.
    pub fn empty_value(&self) -> Value {
        let attributes = self.attributes.iter();
        let attributes = attributes.map(|(name, a)| (Str::new(name), Value::null(a.ty.clone())));
        let blocks = self.blocks.iter().map(|(name, b)| (Str::new(name), b.empty_value()));
        Value::object(attributes.chain(blocks).collect::<Fields>())
    }

    /// Brings an object into this schema's form (configschema `CoerceValue`): attributes that are
    /// not there are null, blocks that are not there are none, all else is converted. An attribute
    /// that the schema does not have is an error, so is a required one that is not there.
    pub fn coerce_value(&self, value: &Value) -> Result<Value, ConvertError> {
        coerce(self, value, &Path::new())
    }
}

impl NestedBlock {
    /// What no such block at all gives.
    pub fn empty_value(&self) -> Value {
        match self.nesting {
            Nesting::Single => Value::null(self.block.implied_type()),
            Nesting::Group => self.block.empty_value(),
            Nesting::List | Nesting::Map | Nesting::Set => self.collect(Vec::new()),
        }
    }

    /// The blocks, with their labels where they have any, as one value.
    fn collect(&self, items: Vec<(Str, Value)>) -> Value {
        let ty = self.block.implied_type();
        let dynamic = ty.has_dynamic();
        let values = |items: Vec<(Str, Value)>| items.into_iter().map(|(_, value)| value).collect();
        match self.nesting {
            Nesting::Map if dynamic => Value::object(items),
            Nesting::Map => Value::map(ty, items),
            Nesting::Set if dynamic => {
                let elem = items.first().map_or(ty, |(_, value)| value.ty());
                Value::set(elem, values(items))
            }
            Nesting::Set => Value::set(ty, values(items)),
            _ if dynamic => Value::tuple(values(items)),
            _ => Value::list(ty, values(items)),
        }
    }
}

impl Attribute {
    /// The type to convert to: what a nested object need not have is optional.
    fn conversion_type(&self) -> Type {
        self.nested.as_ref().map_or_else(|| self.ty.clone(), NestedType::conversion_type)
    }
}

impl NestedType {
    fn conversion_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, attribute)| {
            let optional = attribute.optional || attribute.computed;
            (Str::new(name), TypeAttribute { ty: attribute.conversion_type(), optional })
        });
        let object = Type::object_with(attributes.collect::<BTreeMap<_, _>>());
        match self.nesting {
            Nesting::Single | Nesting::Group => object,
            Nesting::List => Type::list(object),
            Nesting::Set => Type::set(object),
            Nesting::Map => Type::map(object),
        }
    }
}

fn coerce(block: &Block, value: &Value, path: &Path) -> Result<Value, ConvertError> {
    let fields = match value.view() {
        View::Null => return Ok(Value::null(block.implied_type())),
        View::Unknown(_) => return Ok(Value::unknown(block.implied_type())),
        View::Object(fields) => fields,
        _ => return Err(error(path, "an object is required")),
    };
    let known = |name: &str| block.attributes.contains_key(name) || block.blocks.contains_key(name);
    if let Some((name, _)) = fields.iter().find(|(name, _)| !known(name)) {
        return Err(error(path, format!("unexpected attribute {:?}", name.as_str())));
    }
    let mut coerced = Vec::with_capacity(block.attributes.len() + block.blocks.len());
    for (name, attribute) in &block.attributes {
        let value = match fields.get(name) {
            Some(value) => convert(value, &attribute.conversion_type()).map_err(|inner| {
                let mut path = path.clone().attr(&**name);
                path.0.extend(inner.path.0);
                ConvertError { path, ..inner }
            })?,
            None if attribute.required => {
                return Err(error(path, format!("attribute {:?} is required", &**name)));
            }
            None => Value::null(attribute.ty.clone()),
        };
        coerced.push((Str::new(name), value));
    }
    for (name, nested) in &block.blocks {
        let value = match fields.get(name) {
            Some(value) => coerce_blocks(nested, value, &path.clone().attr(&**name))?,
            None => nested.empty_value(),
        };
        coerced.push((Str::new(name), value));
    }
    Ok(Value::object(coerced).with_marks(value.marks()))
}

fn coerce_blocks(nested: &NestedBlock, value: &Value, path: &Path) -> Result<Value, ConvertError> {
    if matches!(nested.nesting, Nesting::Single | Nesting::Group) {
        return coerce(&nested.block, value, path);
    }
    let item = |step: PathStep, key: Str, item: &Value| {
        let mut path = path.clone();
        path.0.push(step);
        coerce(&nested.block, item, &path).map(|value| (key, value))
    };
    let items = match value.view() {
        View::Null => return Ok(Value::null(nested.implied_type())),
        View::Unknown(_) => return Ok(Value::unknown(nested.implied_type())),
        View::List(items) | View::Tuple(items) | View::Set(items)
            if nested.nesting != Nesting::Map =>
        {
            let items = items.iter().enumerate();
            let item = |(i, value)| item(PathStep::Index(Number::from(i)), Str::new(""), value);
            items.map(item).collect::<Result<Vec<_>, _>>()?
        }
        View::Map(fields) | View::Object(fields) if nested.nesting == Nesting::Map => {
            let item =
                |(key, value): (&Str, &Value)| item(PathStep::Key(key.clone()), key.clone(), value);
            fields.iter().map(item).collect::<Result<Vec<_>, _>>()?
        }
        _ if nested.nesting == Nesting::Map => return Err(error(path, "must be a map")),
        _ => return Err(error(path, "must be a list")),
    };
    Ok(nested.collect(items).with_marks(value.marks()))
}

#[cfg(test)]
mod tests;
