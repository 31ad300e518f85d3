//! (laid)
