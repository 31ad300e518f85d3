//! Reading MessagePack.

use super::wire::{Item, Wire};
use super::{MsgpackError, unknown};
use crate::json::{parse_type, settled};
use crate::path::PathStep;
use crate::{Fields, Number, ObjectType, Path, Str, Type, Value};

/// Reads a value of type `ty`.
pub fn from_msgpack(bytes: &[u8], ty: &Type) -> Result<Value, MsgpackError> {
    let mut reader = Reader { wire: Wire(bytes), path: Path::new(), depth: 0 };
    let value = reader.read(ty)?;
    if reader.wire.0.is_empty() {
        Ok(value)
    } else {
        reader.error("extra bytes after msgpack value")
    }
}

struct Reader<'a> {
    wire: Wire<'a>,
    path: Path,
    /// How many dynamic values the reader is in: types known beforehand nest no deeper than they
    /// are, but a dynamic one brings its own.
    depth: usize,
}

/// Deeper nesting of dynamic values is refused rather than risked on the stack.
const MAX_DEPTH: usize = 200;

impl<'a> Reader<'a> {
    fn error<T>(&self, message: impl Into<String>) -> Result<T, MsgpackError> {
        Err(MsgpackError::new(&self.path, message))
    }

    fn item(&mut self) -> Result<Item<'a>, MsgpackError> {
        match self.wire.item() {
            Some(item) => Ok(item),
            None => self.error("msgpack data is cut off or malformed"),
        }
    }

    fn read(&mut self, ty: &Type) -> Result<Value, MsgpackError> {
        let item = self.item()?;
        match (item, ty) {
            (Item::Extension(code, body), _) => {
                unknown::read(code, body, ty).or_else(|why| self.error(why))
            }
            (Item::Nil, _) => Ok(Value::null(ty.without_optional())),
            (Item::Array(2), Type::Dynamic) => self.read_dynamic(),
            (_, Type::Dynamic) => self.error("dynamic value array must have exactly two elements"),
            (Item::Bool(value), Type::Bool) => Ok(Value::bool(value)),
            (_, Type::Bool) => self.error("bool is required"),
            (item, Type::Number) => match unknown::number(&item) {
                Some(number) => Ok(Value::number(number)),
                None => self.error("number is required"),
            },
            (Item::String(text), Type::String) => self.text(text).map(Value::string),
            (_, Type::String) => self.error("string is required"),
            (Item::Array(count), Type::List(elem)) => {
                let items = self.read_items(count, |_| Some(&**elem))?;
                Ok(Value::list(settled(elem, items.iter()), items))
            }
            (Item::Array(count), Type::Set(elem)) => {
                let items = self.read_items(count, |_| Some(&**elem))?;
                Ok(Value::set(settled(elem, items.iter()), items))
            }
            (Item::Array(count), Type::Tuple(elems)) if count == elems.len() => {
                self.read_items(count, |at| elems.get(at)).map(Value::tuple)
            }
            (_, Type::Tuple(elems)) => {
                self.error(format!("a tuple of length {} is required", elems.len()))
            }
            (Item::Map(count), Type::Map(elem)) => {
                let entries = self.read_fields(count, |key| Some((key, &**elem)), PathStep::Key)?;
                Ok(Value::map(settled(elem, entries.iter().map(|(_, v)| v)), entries))
            }
            (Item::Map(count), Type::Object(object)) => self.read_object(count, object),
            (_, Type::List(_)) => self.error("a list is required"),
            (_, Type::Set(_)) => self.error("a set is required"),
            (_, Type::Map(_)) => self.error("a map is required"),
            (_, Type::Object(_)) => self.error("an object is required"),
        }
    }

    fn text(&self, bytes: &'a [u8]) -> Result<&'a str, MsgpackError> {
        std::str::from_utf8(bytes).or_else(|_| self.error("string is not valid UTF-8"))
    }

    fn read_dynamic(&mut self) -> Result<Value, MsgpackError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error("exceeded max depth");
        }
        let (Item::Bytes(name) | Item::String(name)) = self.item()? else {
            return self.error("dynamic value type information is required");
        };
        let ty = parse_type(name).or_else(|error| self.error(error.message))?;
        let value = self.read(&ty);
        self.depth -= 1;
        value
    }

    fn read_items<'t>(
        &mut self,
        count: usize,
        ty: impl Fn(usize) -> Option<&'t Type>,
    ) -> Result<Vec<Value>, MsgpackError> {
        let mut items = Vec::with_capacity(count);
        for at in 0..count {
            let Some(ty) = ty(at) else { return self.error("too many elements") };
            self.path.0.push(PathStep::Index(Number::from(at)));
            items.push(self.read(ty)?);
            self.path.0.pop();
        }
        Ok(items)
    }

    fn read_fields<'t>(
        &mut self,
        count: usize,
        ty: impl Fn(Str) -> Option<(Str, &'t Type)>,
        step: impl Fn(Str) -> PathStep,
    ) -> Result<Fields, MsgpackError> {
        let mut fields = Vec::with_capacity(count);
        for _ in 0..count {
            let Item::String(name) = self.item()? else {
                return self.error("string key is required");
            };
            let name = Str::from(self.text(name)?);
            let Some((name, ty)) = ty(name) else { return self.error("unsupported attribute") };
            self.path.0.push(step(name.clone()));
            fields.push((name, self.read(ty)?));
            self.path.0.pop();
        }
        Ok(Fields::new(fields))
    }

    fn read_object(&mut self, count: usize, object: &ObjectType) -> Result<Value, MsgpackError> {
        let wanted = object.attributes.len();
        if count != wanted {
            let message = format!("an object with {wanted} attributes is required ({count} given)");
            return self.error(message);
        }
        let attribute = |name: Str| {
            let (name, attribute) = object.attributes.get_key_value(&name)?;
            Some((name.clone(), &attribute.ty))
        };
        let fields = self.read_fields(count, attribute, PathStep::Attr)?;
        if fields.len() < wanted {
            return self.error("an object's attribute is given twice");
        }
        Ok(Value::object(fields))
    }
}
