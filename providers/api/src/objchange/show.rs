//! Values as Go shows them, in messages for providers' developers.

use groma_value::{Fields, Type, Value, View};

/// The value as `%#v` shows it in Terraform: `cty.StringVal("a")`.
pub fn go_string(value: &Value) -> String {
    let quoted = |text: &str| format!("{text:?}");
    let list = |name: &str, items: &[Value]| {
        let items: Vec<String> = items.iter().map(go_string).collect();
        format!("cty.{name}Val([]cty.Value{{{}}})", items.join(", "))
    };
    let named = |name: &str, fields: &Fields| {
        let fields: Vec<String> =
            fields.iter().map(|(k, v)| format!("{}:{}", quoted(k), go_string(v))).collect();
        format!("cty.{name}Val(map[string]cty.Value{{{}}})", fields.join(", "))
    };
    let empty = |name: &str| {
        let ty = value.ty();
        let elem = ty.element().map_or_else(String::new, type_string);
        format!("cty.{name}ValEmpty({elem})")
    };
    match value.view() {
        View::Null if value.ty() == Type::Dynamic => {
            "cty.NullVal(cty.DynamicPseudoType)".to_owned()
        }
        View::Null => format!("cty.NullVal({})", type_string(&value.ty())),
        View::Unknown(_) if value.ty() == Type::Dynamic => "cty.DynamicVal".to_owned(),
        View::Unknown(refinements) => {
            let unknown = format!("cty.UnknownVal({})", type_string(&value.ty()));
            if refinements.not_null { format!("{unknown}.RefineNotNull()") } else { unknown }
        }
        View::Bool(true) => "cty.True".to_owned(),
        View::Bool(false) => "cty.False".to_owned(),
        View::Number(number) if number.is_integer() => format!("cty.NumberIntVal({number})"),
        View::Number(number) => format!("cty.MustParseNumberVal({:?})", number.to_string()),
        View::String(text) => format!("cty.StringVal({})", quoted(text)),
        View::List([]) => empty("List"),
        View::List(items) => list("List", items),
        View::Set([]) => empty("Set"),
        View::Set(items) => list("Set", items),
        View::Tuple([]) => "cty.EmptyTupleVal".to_owned(),
        View::Tuple(items) => list("Tuple", items),
        View::Map(fields) if fields.is_empty() => empty("Map"),
        View::Map(fields) => named("Map", fields),
        View::Object(fields) if fields.is_empty() => "cty.EmptyObjectVal".to_owned(),
        View::Object(fields) => named("Object", fields),
    }
}

fn type_string(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "cty.DynamicPseudoType".to_owned(),
        Type::Bool => "cty.Bool".to_owned(),
        Type::Number => "cty.Number".to_owned(),
        Type::String => "cty.String".to_owned(),
        Type::List(elem) => format!("cty.List({})", type_string(elem)),
        Type::Set(elem) => format!("cty.Set({})", type_string(elem)),
        Type::Map(elem) => format!("cty.Map({})", type_string(elem)),
        Type::Tuple(elems) if elems.is_empty() => "cty.EmptyTuple".to_owned(),
        Type::Tuple(elems) => {
            let elems: Vec<String> = elems.iter().map(type_string).collect();
            format!("cty.Tuple([]cty.Type{{{}}})", elems.join(", "))
        }
        Type::Object(object) if object.attributes.is_empty() => "cty.EmptyObject".to_owned(),
        Type::Object(object) => {
            let attributes = object.attributes.iter();
            let attributes: Vec<String> = attributes
                .map(|(name, attribute)| format!("{name:?}:{}", type_string(&attribute.ty)))
                .collect();
            format!("cty.Object(map[string]cty.Type{{{}}})", attributes.join(", "))
        }
    }
}
