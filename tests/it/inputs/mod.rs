//! The edits that make pixi rebuild a package: all relevant ones and no others.
//!
//! The tests build every layout with the real cargo. Then they edit one file at a time, check
//! the result against the rules of pixi's cache, and undo the edit.

mod edge_cases;
mod edits;
mod globs;
mod layouts;
mod metadata;
mod options;
mod walks;
