//! Schemas: which arguments and blocks a provider's objects have (tfplugin6 `Schema`).

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_value::Type;

/// The schema of a resource type, data source, ephemeral resource or provider configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// Of the state that it describes.
    pub version: u64,
    /// Its content.
    pub block: Block,
}

/// How a description is to be rendered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DescriptionKind {
    /// As it stands.
    #[default]
    Plain,
    /// As Markdown.
    Markdown,
}

/// Arguments and nested blocks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// By name.
    pub attributes: BTreeMap<Arc<str>, Attribute>,
    /// By type name.
    pub blocks: BTreeMap<Arc<str>, NestedBlock>,
    /// For people.
    pub description: String,
    /// How to render it.
    pub description_kind: DescriptionKind,
    /// Whether using it earns a warning.
    pub deprecated: bool,
}

/// One argument or computed attribute.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "as the protocol has it")]
pub struct Attribute {
    /// Its type; for a nested type, the type that the nested type implies.
    pub ty: Type,
    /// Its structure, where it is an attribute with attributes of its own.
    pub nested: Option<NestedType>,
    /// Must be set.
    pub required: bool,
    /// May be set.
    pub optional: bool,
    /// The provider may set it.
    pub computed: bool,
    /// Its value is never shown.
    pub sensitive: bool,
    /// Given to the provider and never stored.
    pub write_only: bool,
    /// Whether using it earns a warning.
    pub deprecated: bool,
    /// For people.
    pub description: String,
    /// How to render it.
    pub description_kind: DescriptionKind,
}

/// The structure of an attribute that has attributes of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedType {
    /// By name.
    pub attributes: BTreeMap<Arc<str>, Attribute>,
    /// One object, or a collection of them. Never [`Nesting::Group`].
    pub nesting: Nesting,
}

/// How often a nested block may stand, and what its value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most once: an object, or null.
    Single,
    /// At most once: an object, never null.
    Group,
    /// A list of objects (a tuple if the block has dynamic parts).
    List,
    /// A set of objects.
    Set,
    /// A map of objects by label (an object if the block has dynamic parts).
    Map,
}

/// A block inside a block.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedBlock {
    /// How its occurrences become a value.
    pub nesting: Nesting,
    /// Its content.
    pub block: Block,
    /// The fewest occurrences.
    pub min_items: u64,
    /// The most occurrences; 0 for no limit.
    pub max_items: u64,
}

impl Attribute {
    /// An attribute of type `ty` that is neither required, optional nor computed yet.
    pub const fn new(ty: Type) -> Self {
        Self {
            ty,
            nested: None,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            deprecated: false,
            description: String::new(),
            description_kind: DescriptionKind::Plain,
        }
    }

    /// Must be set.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// May be set.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Set by the provider.
    #[must_use]
    pub const fn computed(mut self) -> Self {
        self.computed = true;
        self
    }

    /// Never shown.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Never stored.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// Using it earns a warning.
    #[must_use]
    pub const fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    /// With a description.
    #[must_use]
    pub fn describe(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }
}

impl NestedType {
    /// The type of the attribute's value (configschema `ImpliedType`).
    pub fn implied_type(&self) -> Type {
        let object = Type::object(self.attributes.iter().map(|(k, a)| (&**k, a.ty.clone())));
        match self.nesting {
            Nesting::Single | Nesting::Group => object,
            Nesting::List => Type::list(object),
            Nesting::Set => Type::set(object),
            Nesting::Map => Type::map(object),
        }
    }
}

impl Schema {
    /// Version 0 of a block of these attributes.
    pub fn of<'a>(
        description: &str,
        attributes: impl IntoIterator<Item = (&'a str, Attribute)>,
    ) -> Self {
        let attributes = attributes.into_iter();
        let attributes = attributes.map(|(name, attribute)| (name.into(), attribute)).collect();
        let description = description.to_owned();
        Self { version: 0, block: Block { attributes, description, ..Block::default() } }
    }

    /// The same at another version.
    #[must_use]
    pub fn version(self, version: u64) -> Self {
        Self { version, ..self }
    }
}

impl Block {
    /// The type of the block's value (configschema `ImpliedType`): an object with each attribute
    /// and each block.
    pub fn implied_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|(k, a)| (&**k, a.ty.clone()));
        let blocks = self.blocks.iter().map(|(k, b)| (&**k, b.implied_type()));
        Type::object(attributes.chain(blocks))
    }

    /// Whether lists and sets of objects may be written as blocks: only in schemas that could stem
    /// from a provider that relies on it. Types that the old SDK could not make rule that out.
    pub fn allows_blocks_for_arguments(&self) -> bool {
        self.attributes.values().all(|attribute| {
            attribute.nested.is_none()
                && match &attribute.ty {
                    Type::Tuple(_) | Type::Object(_) => false,
                    Type::Map(element) if matches!(**element, Type::Object(_)) => false,
                    ty => match ty.element().and_then(Type::element) {
                        Some(inner) => inner.is_primitive(),
                        None => true,
                    },
                }
        }) && self.blocks.values().all(|nested| nested.block.allows_blocks_for_arguments())
    }
}

impl NestedBlock {
    /// The type of the nested blocks' value. Lists and maps of blocks with dynamic parts have no
    /// one element type, so they are dynamic as a whole (a tuple or an object once known).
    pub fn implied_type(&self) -> Type {
        let object = self.block.implied_type();
        match self.nesting {
            Nesting::Single | Nesting::Group => object,
            Nesting::List | Nesting::Map if object.has_dynamic() => Type::Dynamic,
            Nesting::List => Type::list(object),
            Nesting::Map => Type::map(object),
            Nesting::Set => Type::set(object),
        }
    }
}
