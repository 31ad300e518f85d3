//! The block that an object could have come from: what `-generate-config-out` writes.
//!
//! It is the reverse of [`decode`](crate::decode): everything that the schema lets a configuration
//! say is said, null where the object has nothing. What must not be shown is null, with a comment.
//! `hcl-rs` holds the structure; values are written, and the whole is laid out, as the language
//! does elsewhere.

use std::fmt::Write as _;
use std::sync::Arc;

use groma_addr::{LocalProvider, Resource};
use groma_diag::SourceMap;
use groma_lang::syntax::{self, is_identifier, quote, write_value};
use groma_provider_api::{Attribute, Block, NestedBlock, NestedType, Nesting};
use groma_value::{Value, View, decode_json};
use hcl::edit::expr::Expression;
use hcl::edit::structure::{Attribute as Argument, Block as Written, BlockLabel, Body, Structure};
use hcl::edit::{Decorate, Ident};

const SECRET: &str = " # sensitive";

/// A block that was made of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The whole block, without a line break at its end.
    pub block: String,
    /// What stands in it that is the provider's to define.
    pub arguments: String,
    /// Names of arguments that cannot be written and were left out.
    pub skipped: Vec<String>,
}

/// Writes the block of a resource whose object is `value`. `provider` is named in it if the
/// resource's type does not imply it.
///
/// `None` if what comes of it is not of the language.
pub fn generate(
    resource: &Resource,
    provider: Option<&LocalProvider>,
    schema: &Block,
    value: &Value,
) -> Option<Generated> {
    let mut writer = Writer::default();
    let body = writer.body(schema, value, true);
    let arguments = laid_out(body.to_string())?;
    let mut block = Written::new(Ident::new("resource"));
    block.labels = vec![BlockLabel::from(&*resource.ty), BlockLabel::from(&*resource.name)];
    if let Some(provider) = provider {
        let provider = provider.to_string().parse::<Expression>().ok()?;
        block.body.push(Argument::new(Ident::new("provider"), provider));
    }
    block.body.extend(body);
    let mut whole = Body::from_iter([block]);
    whole.set_prefer_omit_trailing_newline(true);
    let block = laid_out(whole.to_string())?;
    Some(Generated { block, arguments, skipped: writer.skipped })
}

fn laid_out(text: String) -> Option<String> {
    let text: Arc<[u8]> = text.into_bytes().into();
    let file = SourceMap::new().add("", Arc::clone(&text));
    String::from_utf8(syntax::format(file, &text).ok()?).ok()
}

/// An expression as text, and whether something is hidden in its stead.
struct Text {
    expression: String,
    secret: bool,
}

impl Text {
    fn plain(expression: impl Into<String>) -> Self {
        Self { expression: expression.into(), secret: false }
    }

    fn secret(expression: &str) -> Self {
        Self { expression: expression.to_owned(), secret: true }
    }

    const fn comment(&self) -> &'static str {
        if self.secret { SECRET } else { "" }
    }
}

#[derive(Default)]
struct Writer {
    skipped: Vec<String>,
}

impl Writer {
    /// Arguments, then blocks, each by name.
    fn body(&mut self, schema: &Block, value: &Value, outermost: bool) -> Body {
        let mut body = Body::new();
        for (name, attribute) in &schema.attributes {
            if is_left_out(attribute) || outermost && is_helper_id(name, attribute) {
                continue;
            }
            match self.argument(name, attribute, value.attr(name)) {
                Some(argument) => body.push(argument),
                None => self.skipped.push(name.to_string()),
            }
        }
        for (name, nested) in schema.blocks.iter().filter(|(_, nested)| !nested.block.deprecated) {
            if let (Ok(ident), Some(value)) = (Ident::try_new(&**name), value.attr(name)) {
                self.blocks(&mut body, &ident, nested, value);
            }
        }
        body
    }

    fn argument(
        &mut self,
        name: &str,
        attribute: &Attribute,
        value: Option<&Value>,
    ) -> Option<Structure> {
        let text = self.expression(attribute, value)?;
        let expression = text.expression.parse::<Expression>().ok()?;
        let mut argument = Argument::new(Ident::try_new(name).ok()?, expression);
        argument.decor_mut().set_suffix(text.comment());
        Some(argument.into())
    }

    fn expression(&mut self, attribute: &Attribute, value: Option<&Value>) -> Option<Text> {
        let marked = |value: &Value| value.marks().sensitive();
        let secret = attribute.sensitive || value.is_some_and(marked);
        if let Some(nested) = &attribute.nested {
            return Some(self.nested(nested, value, secret));
        }
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return Some(if secret { Text::secret("null") } else { Text::plain("null") });
        };
        if secret || value.marks_deep().sensitive() {
            return Some(Text::secret("null"));
        }
        let text = value.as_str();
        // Older plugins have no other way to say that there is nothing.
        if attribute.optional && text.is_some_and(|text| text.is_empty()) {
            return Some(Text::plain("null"));
        }
        if let Some(json) = text.and_then(|text| structured(text)) {
            return Some(Text::plain(format!("jsonencode({})", write_value(&json)?)));
        }
        write_value(value).map(Text::plain)
    }

    /// An attribute that has attributes of its own.
    fn nested(&mut self, ty: &NestedType, value: Option<&Value>, secret: bool) -> Text {
        let list = matches!(ty.nesting, Nesting::List | Nesting::Set);
        if secret {
            return Text::secret(if list { "[]" } else { "{}" });
        }
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return Text::plain("null");
        };
        let mut out = String::new();
        match value.view() {
            View::List(items) | View::Set(items) | View::Tuple(items) => {
                out.push_str("[\n");
                for item in items {
                    if item.marks().sensitive() {
                        let _ = writeln!(out, "{{}},{SECRET}");
                    } else {
                        let _ = writeln!(out, "{{\n{}}},", self.lines(ty, item));
                    }
                }
                out.push(']');
            }
            View::Map(items) if ty.nesting == Nesting::Map => {
                out.push_str("{\n");
                for (key, item) in items.iter() {
                    let key =
                        if is_identifier(key) { key.to_string() } else { quote(key.as_str()) };
                    let _ = if item.marks().sensitive() {
                        writeln!(out, "{key} = {{}}{SECRET}")
                    } else {
                        writeln!(out, "{key} = {{\n{}}}", self.lines(ty, item))
                    };
                }
                out.push('}');
            }
            _ => {
                let _ = write!(out, "{{\n{}}}", self.lines(ty, value));
            }
        }
        Text::plain(out)
    }

    /// The attributes of an object, one a line.
    fn lines(&mut self, ty: &NestedType, value: &Value) -> String {
        let mut out = String::new();
        for (name, attribute) in ty.attributes.iter().filter(|(_, a)| !is_left_out(a)) {
            match self.expression(attribute, value.attr(name)) {
                Some(text) => {
                    let _ = writeln!(out, "{name} = {}{}", text.expression, text.comment());
                }
                None => self.skipped.push(name.to_string()),
            }
        }
        out
    }

    /// All blocks of a type.
    fn blocks(&mut self, body: &mut Body, name: &Ident, nested: &NestedBlock, value: &Value) {
        match value.view() {
            View::Null | View::Unknown(_) => {}
            View::List(items) | View::Set(items) | View::Tuple(items) => {
                for item in items {
                    body.push(self.block(name, None, &nested.block, item));
                }
            }
            View::Map(items) | View::Object(items) if nested.nesting == Nesting::Map => {
                for (key, item) in items.iter() {
                    body.push(self.block(name, Some(key.as_str()), &nested.block, item));
                }
            }
            _ => body.push(self.block(name, None, &nested.block, value)),
        }
    }

    fn block(&mut self, name: &Ident, label: Option<&str>, ty: &Block, value: &Value) -> Written {
        let mut block = Written::new(name.clone());
        block.labels.extend(label.map(BlockLabel::from));
        if value.marks().sensitive() {
            block.body.set_prefer_oneline(true);
            block.decor_mut().set_suffix(SECRET);
        } else {
            block.body = self.body(ty, value, false);
        }
        block
    }
}

/// What only the provider sets, and what should not be used any more.
const fn is_left_out(attribute: &Attribute) -> bool {
    attribute.deprecated || attribute.computed && !attribute.optional
}

/// Plugins of the older kit have an `id` that looks as if it could be set, and refuse it.
fn is_helper_id(name: &str, attribute: &Attribute) -> bool {
    name == "id" && attribute.computed && attribute.optional
}

/// What a text of JSON stands for, if that is more than a single value.
fn structured(text: &str) -> Option<Value> {
    let value = decode_json(text.as_bytes()).ok()?;
    match value.view() {
        View::Bool(_) | View::Number(_) | View::String(_) => None,
        _ => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use groma_addr::{Mode, Resource};
    use groma_provider_api::{Attribute, Block, NestedBlock, NestedType, Nesting};
    use groma_value::{Marks, Type, Value};

    use super::generate;

    fn check(
        attributes: Vec<(&str, Attribute, Value)>,
        blocks: Vec<(&str, Nesting, Block, Value)>,
        expected: &str,
    ) {
        let mut schema = Block::default();
        let mut object = Vec::new();
        for (name, attribute, value) in attributes {
            schema.attributes.insert(name.into(), attribute);
            object.push((name, value));
        }
        for (name, nesting, block, value) in blocks {
            let nested = NestedBlock { nesting, block, min_items: 0, max_items: 0 };
            schema.blocks.insert(name.into(), nested);
            object.push((name, value));
        }
        let resource = Resource { mode: Mode::Managed, ty: "t_x".into(), name: "n".into() };
        let value = Value::object_of(object);
        let generated = generate(&resource, None, &schema, &value).unwrap();
        assert_eq!(generated.skipped, Vec::<String>::new());
        assert_eq!(generated.block, format!("resource \"t_x\" \"n\" {{\n{expected}}}"));
    }

    fn text() -> Attribute {
        Attribute::new(Type::String).optional()
    }

    #[test]
    fn says_what_a_configuration_may_say() {
        check(
            vec![
                ("id", text().computed(), "x".into()),
                ("arn", Attribute::new(Type::String).computed(), "x".into()),
                ("old", text().deprecated(), "x".into()),
                ("name", text(), "a ${b}".into()),
                ("empty", text(), "".into()),
                ("needed", Attribute::new(Type::String).required(), "".into()),
                ("nothing", text(), Value::null(Type::String)),
            ],
            vec![],
            "  empty   = null\n  name    = \"a $${b}\"\n  needed  = \"\"\n  nothing = null\n",
        );
    }

    #[test]
    fn writes_json_as_what_it_stands_for() {
        check(
            vec![
                ("a", text(), r#"{"x":[1,"y"],"b c":null}"#.into()),
                ("b", text(), "12".into()),
                ("c", text(), "[]".into()),
                ("d", text(), "{".into()),
            ],
            vec![],
            "  a = jsonencode({\n    \"b c\" = null\n    x     = [1, \"y\"]\n  })\n  b = \"12\"\n  \
             c = jsonencode([])\n  d = \"{\"\n",
        );
    }

    #[test]
    fn hides_what_must_not_be_shown() {
        let hidden = |value: &str| Value::from(value).with_marks(Marks::SENSITIVE);
        let list = Value::tuple(vec!["a".into(), hidden("s")]);
        check(
            vec![
                ("marked", text(), hidden("s")),
                ("part", Attribute::new(Type::Dynamic).optional(), list),
                ("schema", text().sensitive(), "s".into()),
            ],
            vec![],
            "  marked = null # sensitive\n  part   = null # sensitive\n  schema = null # sensitive\n",
        );
    }

    #[test]
    fn nests_attributes_and_blocks() {
        let inner = || Block { attributes: [("k".into(), text())].into(), ..Block::default() };
        let object = |value: &str| Value::object_of([("k", value.into())]);
        let ty = |nesting| {
            let attributes = [("k".into(), text())].into();
            let nested = NestedType { attributes, nesting };
            Attribute {
                nested: Some(nested.clone()),
                ..Attribute::new(nested.implied_type()).optional()
            }
        };
        let element = Type::object([("k", Type::String)]);
        check(
            vec![
                ("list", ty(Nesting::List), Value::list(element.clone(), vec![object("v")])),
                ("one", ty(Nesting::Single), object("v")),
                ("zero", ty(Nesting::Set), Value::null(Type::set(element.clone()))),
            ],
            vec![
                ("group", Nesting::Group, inner(), object("g")),
                (
                    "many",
                    Nesting::List,
                    inner(),
                    Value::list(element.clone(), vec![object("1"), object("")]),
                ),
                ("none", Nesting::Single, inner(), Value::null(element)),
            ],
            "  list = [\n    {\n      k = \"v\"\n    },\n  ]\n  one = {\n    k = \"v\"\n  }\n  \
             zero = null\n  group {\n    k = \"g\"\n  }\n  many {\n    k = \"1\"\n  }\n  \
             many {\n    k = null\n  }\n",
        );
    }
}
