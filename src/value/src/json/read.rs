//! Reading JSON.

use super::scan::{Scanner, Token};
use super::{JsonError, types::parse_type};
use crate::path::PathStep;
use crate::{Number, ObjectType, Str, Type, Value, convert};

/// Reads a value of type `ty` (cty `json.Unmarshal`); numbers keep all their digits.
///
/// Attributes that are not there are null; ones that the type does not have are an error.
pub fn from_json(bytes: &[u8], ty: &Type) -> Result<Value, JsonError> {
    let mut scanner = Scanner::new(bytes);
    let value = read(&mut scanner, ty)?;
    scanner.end()?;
    Ok(value)
}

/// The type that JSON has by itself: objects and tuples (cty `json.ImpliedType`).
pub fn implied_type(bytes: &[u8]) -> Result<Type, JsonError> {
    decode_json(bytes).map(|value| value.ty())
}

/// Reads JSON as what it is itself, as `jsondecode` does: objects and tuples, null of dynamic
/// type. Of a key given twice the last value stays.
pub fn decode_json(bytes: &[u8]) -> Result<Value, JsonError> {
    let mut scanner = Scanner::new(bytes);
    let value = read_implied(&mut scanner)?;
    scanner.end()?;
    Ok(value)
}

fn read_implied(scanner: &mut Scanner<'_>) -> Result<Value, JsonError> {
    Ok(match scanner.token()? {
        Token::Null => Value::null(Type::Dynamic),
        Token::Bool(value) => Value::bool(value),
        Token::Number(text) => Value::number(number(scanner, text)?),
        Token::String(text) => Value::string(text),
        Token::Array => {
            let mut items = Vec::new();
            while scanner.next_element(items.is_empty())? {
                items.push(at(scanner, PathStep::Index(Number::from(items.len())), read_implied)?);
            }
            Value::tuple(items)
        }
        Token::Object => {
            let mut attributes: Vec<(Str, Value)> = Vec::new();
            while let Some(key) = scanner.next_key(attributes.is_empty())? {
                let name = Str::from(key);
                let value = at(scanner, PathStep::Attr(name.clone()), read_implied)?;
                attributes.push((name, value));
            }
            Value::object(attributes)
        }
    })
}

fn at<T>(
    scanner: &mut Scanner<'_>,
    step: PathStep,
    read: impl FnOnce(&mut Scanner<'_>) -> Result<T, JsonError>,
) -> Result<T, JsonError> {
    scanner.path.0.push(step);
    let value = read(scanner)?;
    scanner.path.0.pop();
    Ok(value)
}

fn number(scanner: &Scanner<'_>, text: &str) -> Result<Number, JsonError> {
    text.parse().or_else(|_| scanner.error("a number is required"))
}

fn read(scanner: &mut Scanner<'_>, ty: &Type) -> Result<Value, JsonError> {
    if *ty == Type::Dynamic {
        return read_dynamic(scanner);
    }
    match (scanner.token()?, ty) {
        (Token::Null, _) => Ok(Value::null(ty.without_optional())),
        (Token::Bool(value), Type::Bool) => Ok(Value::bool(value)),
        (Token::Bool(value), Type::String) => Ok(Value::string(value.to_string())),
        (Token::Number(text), Type::Number) => Ok(Value::number(number(scanner, text)?)),
        (Token::Number(text), Type::String) => Ok(Value::string(text)),
        (Token::String(text), Type::String) => Ok(Value::string(text)),
        (Token::String(text), Type::Number | Type::Bool) => {
            convert(&Value::string(text), ty).or_else(|error| scanner.error(error.message))
        }
        (_, Type::Bool | Type::Number | Type::String) => scanner.error(format!("{ty} is required")),
        (Token::Array, Type::List(elem)) => {
            let items = read_items(scanner, elem)?;
            Ok(Value::list(settled(elem, items.iter()), items))
        }
        (Token::Array, Type::Set(elem)) => {
            let items = read_items(scanner, elem)?;
            Ok(Value::set(settled(elem, items.iter()), items))
        }
        (Token::Array, Type::Tuple(elems)) => read_tuple(scanner, elems),
        (_, Type::List(_) | Type::Set(_) | Type::Tuple(_)) => scanner.error("an array is required"),
        (Token::Object, Type::Map(elem)) => read_map(scanner, elem),
        (Token::Object, Type::Object(object)) => read_object(scanner, object),
        (_, Type::Map(_) | Type::Object(_) | Type::Dynamic) => {
            scanner.error("an object is required")
        }
    }
}

/// The element type of a collection read for `elem`: what that leaves open its elements say.
pub(crate) fn settled<'a>(elem: &Type, mut items: impl Iterator<Item = &'a Value>) -> Type {
    if elem.has_dynamic() {
        let known = items.find_map(|item| Some(item.ty()).filter(|ty| *ty != Type::Dynamic));
        return known.unwrap_or_else(|| elem.without_optional());
    }
    elem.without_optional()
}

fn read_items(scanner: &mut Scanner<'_>, elem: &Type) -> Result<Vec<Value>, JsonError> {
    let mut items = Vec::new();
    while scanner.next_element(items.is_empty())? {
        items.push(at(scanner, PathStep::Index(Number::from(items.len())), |s| read(s, elem))?);
    }
    Ok(items)
}

fn read_tuple(scanner: &mut Scanner<'_>, elems: &[Type]) -> Result<Value, JsonError> {
    let mut items = Vec::with_capacity(elems.len());
    while scanner.next_element(items.is_empty())? {
        let Some(elem) = elems.get(items.len()) else {
            return scanner.error(format!("too many tuple elements (need {})", elems.len()));
        };
        items.push(at(scanner, PathStep::Index(Number::from(items.len())), |s| read(s, elem))?);
    }
    if items.len() < elems.len() {
        return scanner.error(format!("not enough tuple elements (need {})", elems.len()));
    }
    Ok(Value::tuple(items))
}

fn read_map(scanner: &mut Scanner<'_>, elem: &Type) -> Result<Value, JsonError> {
    let mut entries: Vec<(Str, Value)> = Vec::new();
    while let Some(key) = scanner.next_key(entries.is_empty())? {
        let key = Str::from(key);
        let value = at(scanner, PathStep::Key(key.clone()), |s| read(s, elem))?;
        entries.push((key, value));
    }
    Ok(Value::map(settled(elem, entries.iter().map(|(_, v)| v)), entries))
}

fn read_object(scanner: &mut Scanner<'_>, object: &ObjectType) -> Result<Value, JsonError> {
    let mut attributes: Vec<(Str, Value)> = Vec::with_capacity(object.attributes.len());
    while let Some(key) = scanner.next_key(attributes.is_empty())? {
        let Some((name, attribute)) = object.attributes.get_key_value(key.as_str()) else {
            return scanner.error(format!("unsupported attribute {key:?}"));
        };
        let value = at(scanner, PathStep::Attr(name.clone()), |s| read(s, &attribute.ty))?;
        attributes.push((name.clone(), value));
    }
    let given = crate::Fields::new(attributes);
    if given.len() == object.attributes.len() {
        return Ok(Value::object(given));
    }
    let filled = object.attributes.iter().map(|(name, attribute)| {
        let value = given.get(name).cloned();
        (name.clone(), value.unwrap_or_else(|| Value::null(attribute.ty.without_optional())))
    });
    Ok(Value::object(filled.collect::<crate::Fields>()))
}

/// `{"value":…,"type":…}`, the members in any order, or `null`.
fn read_dynamic(scanner: &mut Scanner<'_>) -> Result<Value, JsonError> {
    match scanner.token()? {
        Token::Null => return Ok(Value::null(Type::Dynamic)),
        Token::Object => {}
        _ => return scanner.error("an object is required"),
    }
    let (mut ty, mut text) = (None, None);
    let mut first = true;
    while let Some(key) = scanner.next_key(first)? {
        first = false;
        match key.as_str() {
            "type" => ty = Some(parse_type(scanner.raw()?)?),
            "value" => text = Some(scanner.raw()?),
            _ => {
                let message = format!("invalid key {key:?} in dynamically-typed value");
                return scanner.error(message);
            }
        }
    }
    let Some(ty) = ty else { return scanner.error("missing type in dynamically-typed value") };
    let Some(text) = text else { return scanner.error("missing value in dynamically-typed value") };
    let mut inner = Scanner::new(text);
    inner.path = scanner.path.clone();
    read(&mut inner, &ty)
}
