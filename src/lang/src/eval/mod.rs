//! Evaluation of expressions to values, with unknowns and marks.
