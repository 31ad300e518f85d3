//! From bytes to a syntax tree: native syntax, JSON syntax, bodies by schema, formatting.
