//! What the user wrote.

pub mod document;
pub mod load;
